//! Figures: what is counted and who claims the number.

use super::vocabulary::vocabulary;

vocabulary! {
    /// What a figure counts.
    pub enum Measure as "measure" {
        Participants: "participants", "Participants", "Участники",
            "People who took part.";
        Signatories: "signatories", "Signatories", "Подписавшие",
            "People or organisations that signed a petition, an appeal or a statement.";
        Summoned: "summoned", "Summoned", "Вызванные",
            "People called in by police, prosecutors or a court.";
        Detained: "detained", "Detained", "Задержанные",
            "People taken into custody.";
        Released: "released", "Released", "Освобождённые",
            "People let out of custody.";
        InCustody: "in_custody", "In custody", "Находящиеся под стражей",
            "People held at the time that the figure speaks of.";
        AdministrativeArrests: "administrative_arrests", "Administrative arrests", "Административные аресты",
            "People whom a court sent to administrative arrest.";
        Charged: "charged", "Charged", "Обвиняемые",
            "People charged with an offence.";
        Convicted: "convicted", "Convicted", "Осуждённые",
            "People found guilty, administrative arrests apart.";
        Acquitted: "acquitted", "Acquitted", "Оправданные",
            "People found not guilty.";
        Fined: "fined", "Fined", "Оштрафованные",
            "People or organisations told to pay a fine.";
        TravelBan: "travel_ban", "Under a travel ban", "С запретом на выезд",
            "People forbidden to leave the country or their place of residence.";
        Injured: "injured", "Injured", "Раненые и пострадавшие",
            "People hurt.";
        Killed: "killed", "Killed", "Погибшие",
            "People who died of it.";
        Missing: "missing", "Missing", "Пропавшие без вести",
            "People whose whereabouts are unknown.";
        HouseArrest: "house_arrest", "Under house arrest", "Под домашним арестом",
            "People confined to their home by a court or an investigator.";
        VotesFor: "votes_for", "Votes for", "Голоса «за»",
            "Votes cast in favour.";
        VotesAgainst: "votes_against", "Votes against", "Голоса «против»",
            "Votes cast against.";
        VoteShare: "vote_share", "Share of the vote", "Доля голосов",
            "Share of the votes, in percent.";
        OrganizationsAffected: "organizations_affected", "Organisations affected", "Затронутые организации",
            "Organisations that the act hit.";
        PremisesSearched: "premises_searched", "Premises searched", "Помещения, где прошли обыски",
            "Homes, offices and newsrooms searched.";
        SitesBlocked: "sites_blocked", "Sites blocked", "Заблокированные сайты",
            "Sites, pages or accounts blocked.";
        Days: "days", "Days", "Дни",
            "How many days it lasted.";
        Amount: "amount", "Amount of money", "Денежная сумма",
            "A sum of money, in the currency that `unit` names.";
    }
}

vocabulary! {
    /// Who claims a figure.
    pub enum ClaimantClass as "claimant_class" {
        Government: "government", "Government", "Правительство",
            "The government or its head, where no body below is named.";
        Police: "police", "Police", "Полиция",
            "The police or the ministry's police command.";
        Prosecutor: "prosecutor", "Prosecutor", "Прокуратура",
            "The prosecution service.";
        Court: "court", "Court", "Суд",
            "A court or its press service.";
        Ministry: "ministry", "Ministry", "Министерство",
            "A ministry that has no class of its own here.";
        HealthAuthority: "health_authority", "Health authority", "Органы здравоохранения",
            "A health ministry, a hospital or an ambulance service.";
        SecurityService: "security_service", "Security service", "Спецслужбы",
            "A national security or intelligence service.";
        LocalAuthority: "local_authority", "Local authority", "Местные власти",
            "A regional, city or district administration.";
        Organizer: "organizer", "Organiser", "Организаторы",
            "Those who called for the event or ran it.";
        Participant: "participant", "Participant", "Участники",
            "Somebody who took part.";
        Lawyer: "lawyer", "Lawyer", "Адвокат",
            "A lawyer of somebody concerned.";
        Relative: "relative", "Relative", "Родственники",
            "Family of somebody concerned.";
        Party: "party", "Political party", "Политическая партия",
            "A political party or its members.";
        Ngo: "ngo", "NGO", "НПО",
            "A non-governmental organisation or a human rights defender.";
        OversightBody: "oversight_body", "Oversight body", "Надзорный правозащитный орган",
            "An ombudsperson, a torture-prevention centre or another independent public monitor.";
        Outlet: "outlet", "The outlet itself", "Подсчёт самого издания",
            "The outlet's own count, by its reporters.";
        Witness: "witness", "Witness", "Очевидцы",
            "Somebody who saw it.";
        OtherMedia: "other_media", "Other media", "Другие СМИ",
            "Another outlet, quoted by the article.";
        InternationalBody: "international_body", "International body", "Международная организация",
            "An organisation of states or one of its organs.";
        Unattributed: "unattributed", "Unattributed", "Источник не указан",
            "The article does not say whose number it is.";
    }
}
