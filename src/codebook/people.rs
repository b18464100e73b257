//! Who takes part: entities, how they relate to each other, and their parts in an incident.

use super::{
    Vocabulary,
    served::{Crosswalk, Term},
    vocabulary::vocabulary,
};

vocabulary! {
    /// The part that a person, a body or a thing plays in an incident.
    pub enum ParticipantRole as "participant_role" {
        Target: "target", "Target", "Объект действия",
            "The act is directed at them.";
        Participant: "participant", "Participant", "Участник",
            "They take part, for instance in a protest.";
        Organizer: "organizer", "Organiser", "Организатор",
            "They called for the event or ran it.";
        Authority: "authority", "Authority", "Орган власти",
            "A public body or official who carried the act out or ordered it.";
        Perpetrator: "perpetrator", "Perpetrator", "Исполнитель",
            "Anyone but an authority who did it, whether established or only accused.";
        Court: "court", "Court", "Суд",
            "The court or the judge that heard or decided the matter.";
        Prosecutor: "prosecutor", "Prosecutor", "Прокурор",
            "The prosecution, as an office or in person.";
        Initiator: "initiator", "Initiator", "Инициатор",
            "They set it in motion: proposed the bill, asked for the ban.";
        Intervener: "intervener", "Intervener", "Вмешавшаяся сторона",
            "They appealed, criticised or mediated from outside.";
        VictimRepresentative: "victim_representative", "Representative of the victim", "Представитель пострадавшего",
            "A lawyer or a relative who acts or speaks for the person hit.";
        Witness: "witness", "Witness", "Свидетель",
            "They saw it, or testified.";
        Expert: "expert", "Expert", "Эксперт",
            "They assessed it, in court or in public.";
        Media: "media", "Media", "СМИ",
            "They covered it or made it known.";
        Affiliated: "affiliated", "Affiliated with the target", "Связанные с объектом лица и организации",
            "The target's outlet, party, organisation or family.";
        Subject: "subject", "Subject", "Предмет",
            "What it is about: a law, an election, a site.";
    }
}

vocabulary! {
    /// What an entity is.
    pub enum EntityKind as "entity_kind" {
        Person: "person", "Person", "Человек",
            "A human being.";
        Organization: "organization", "Organisation", "Организация",
            "An NGO, a movement, a union or another body that is neither party, company nor state.";
        PoliticalParty: "political_party", "Political party", "Политическая партия",
            "A party, registered or not.";
        Media: "media", "Media outlet", "СМИ",
            "A newspaper, a broadcaster, a news site or another outlet.";
        PublicBody: "public_body", "Public body", "Государственный орган",
            "A government, a court, the police, a parliament or another body of a state.";
        InternationalBody: "international_body", "International body", "Международный орган",
            "An organisation of states, or one of its organs.";
        Company: "company", "Company", "Компания",
            "A business.";
        Platform: "platform", "Online platform", "Интернет-платформа",
            "A social network, a messenger, a video service or another online service.";
        Law: "law", "Law", "Закон",
            "A law, a bill, a decree or an article of a code.";
        Place: "place", "Place", "Место",
            "A square, a building, a prison, a mine.";
    }
}

impl EntityKind {
    /// The schema of `FollowTheMoney` that an entity of this kind is exported as.
    pub fn followthemoney_schema(self) -> &'static str {
        match self {
            Self::Person => "Person",
            Self::Organization | Self::PoliticalParty | Self::Media => "Organization",
            Self::PublicBody | Self::InternationalBody => "PublicBody",
            Self::Company | Self::Platform => "Company",
            Self::Law => "Document",
            Self::Place => "Address",
        }
    }

    /// The topic of `FollowTheMoney` that tells this kind from others of the same schema.
    pub fn followthemoney_topic(self) -> Option<&'static str> {
        match self {
            Self::PoliticalParty => Some("pol.party"),
            Self::InternationalBody => Some("gov.igo"),
            _ => None,
        }
    }

    /// The served form, with its crosswalk.
    pub fn detailed_term(self) -> Term {
        let schema = Crosswalk::new("followthemoney", self.followthemoney_schema());
        let topic = self.followthemoney_topic().map(|topic| Crosswalk::new("followthemoney-topic", topic));
        Term { crosswalk: [schema].into_iter().chain(topic).collect(), ..self.term() }
    }
}

vocabulary! {
    /// How one entity relates to another, read from the entity that holds the relation to the other.
    pub enum EntityRelationType as "entity_relation" {
        MemberOf: "member_of", "Member of", "Состоит в",
            "Belongs to an organisation, a party or a body as a member.";
        Leads: "leads", "Leads", "Возглавляет",
            "Heads an organisation, an outlet or a body.";
        WorksFor: "works_for", "Works for", "Работает в",
            "Is or was employed or commissioned by it.";
        FounderOf: "founder_of", "Founder of", "Основатель",
            "Founded it, alone or with others.";
        OwnerOf: "owner_of", "Owner of", "Владелец",
            "Owns or operates it.";
        PartOf: "part_of", "Part of", "Входит в состав",
            "Is a branch, a department or another part of it.";
        SuccessorOf: "successor_of", "Successor of", "Преемник",
            "Took over from it, for instance after a closure or a change of name.";
        FamilyOf: "family_of", "Family of", "Родственник",
            "Is a relative other than the spouse.";
        SpouseOf: "spouse_of", "Spouse of", "Супруг или супруга",
            "Is or was married to the other.";
        Represents: "represents", "Represents", "Представляет интересы",
            "Acts for the other, as a lawyer or a spokesperson.";
        AffiliatedWith: "affiliated_with", "Affiliated with", "Связан с",
            "Is tied to the other in a way that no other relation names.";
        AllyOf: "ally_of", "Ally of", "Союзник",
            "Stands on the other's side in politics or in a cause.";
        OpponentOf: "opponent_of", "Opponent of", "Противник",
            "Stands against the other in politics or in a cause.";
        HoldsOfficeIn: "holds_office_in", "Holds office in", "Занимает должность в",
            "Holds or held a public office in a body.";
    }
}

vocabulary! {
    /// The outside register or address that identifies an entity.
    pub enum IdentifierScheme as "identifier_scheme" {
        Wikidata: "wikidata", "Wikidata", "Викиданные",
            "The Q-number of the entity's item in Wikidata.";
        Opensanctions: "opensanctions", "OpenSanctions", "Идентификатор OpenSanctions",
            "The entity's id in the open database of sanctioned persons and public officials.";
        Isni: "isni", "ISNI", "Международный идентификатор ISNI",
            "The International Standard Name Identifier, sixteen digits.";
        Viaf: "viaf", "VIAF", "Идентификатор VIAF",
            "The number in the Virtual International Authority File of libraries.";
        Website: "website", "Website", "Сайт",
            "The address of the entity's own site.";
        Telegram: "telegram", "Telegram", "Телеграм",
            "The name of the entity's public channel or account on Telegram.";
        Other: "other", "Other", "Другое",
            "Any other register, named in the value.";
    }
}
