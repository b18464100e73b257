//! What happened: the kinds of incident, their defaults and their neighbours in other systems.

use super::{
    Category, Effect, Freedom, Vocabulary,
    served::{Crosswalk, Term},
    vocabulary::vocabulary,
};

vocabulary! {
    /// What happened: one kind per incident, so that totals add up.
    pub enum IncidentKind as "incident_kind" {
        AssemblyProtest: "assembly.protest", "Protest", "Протест",
            "People gather, march, picket, strike or go on hunger strike to make a claim.";
        AssemblyViolentProtest: "assembly.violent_protest", "Violent protest", "Протест с применением насилия",
            "Participants of a protest use force: they riot, set fires or storm a building.";
        AssemblyDispersal: "assembly.dispersal", "Dispersal of an assembly", "Разгон собрания",
            "Authorities block an assembly, break it up or disperse those who take part.";
        AssemblyRestriction: "assembly.restriction", "Restriction of assembly", "Запрет или ограничение собрания",
            "An assembly is banned, a permit refused, or people are officially warned not to assemble.";
        LibertyDetention: "liberty.detention", "Detention or arrest", "Задержание или арест",
            "One person or many are detained, arrested or remanded, or their custody is extended or moved.";
        LibertyIllTreatment: "liberty.ill_treatment", "Torture or ill-treatment", "Пытки или жестокое обращение",
            "Somebody is tortured, beaten or otherwise ill-treated in custody or by officials.";
        LibertyRelease: "liberty.release", "Release", "Освобождение",
            "Somebody leaves custody, whoever frees them, even into house arrest or under a travel ban.";
        LibertyTravelRestriction: "liberty.travel_restriction", "Travel ban, deportation or exile", "Запрет на выезд, высылка или изгнание",
            "Somebody may not travel, is deported or stripped of citizenship, or flees prosecution.";
        LibertyAbduction: "liberty.abduction", "Abduction or disappearance", "Похищение или исчезновение",
            "Somebody is abducted or disappears.";
        JusticeCharge: "justice.charge", "Case opened or charge", "Возбуждение дела или обвинение",
            "A case is opened, or somebody is summoned as a suspect or charged.";
        JusticeTrial: "justice.trial", "Trial", "Судебный процесс",
            "A trial opens, a hearing is held, or another step of a trial is taken.";
        JusticeConviction: "justice.conviction", "Conviction or sentence", "Обвинительный приговор или административный арест",
            "A court finds somebody guilty or sentences them, administrative arrest included.";
        JusticeAcquittal: "justice.acquittal", "Acquittal or case dropped", "Оправдание или прекращение дела",
            "Somebody is acquitted, or a case is dropped, closed or suspended.";
        JusticeRuling: "justice.ruling", "Other court decision", "Иное судебное решение",
            "A court decides something that no other kind names: an appeal, damages, the legality of an act.";
        PressureRaid: "pressure.raid", "Search or raid", "Обыск или рейд",
            "A home, an office or a newsroom is searched or sealed.";
        PressureHarassment: "pressure.harassment", "Harassment", "Давление и запугивание",
            "Somebody is threatened, smeared, watched or dismissed from work.";
        ViolenceAttack: "violence.attack", "Physical attack", "Нападение",
            "Somebody is physically attacked outside custody.";
        ViolenceKilling: "violence.killing", "Killing", "Убийство или гибель",
            "An act causes the death of one person or more.";
        ExpressionBlocking: "expression.blocking", "Blocking of content", "Блокировка сайта или контента",
            "A site, a platform, a programme or a publication is blocked or taken down.";
        ExpressionInternetDisruption: "expression.internet_disruption", "Internet disruption", "Отключение или замедление интернета",
            "Internet or mobile service is cut or slowed, whether or not the cause is known.";
        ExpressionMediaClosure: "expression.media_closure", "Closure of a media outlet", "Закрытие СМИ",
            "An outlet is closed, sealed, sold or stripped of its licence.";
        AssociationBan: "association.ban", "Ban of an organisation", "Запрет организации",
            "An organisation is banned or declared extremist.";
        AssociationClosure: "association.closure", "Closure of an organisation", "Закрытие или ликвидация организации",
            "An organisation is dissolved, closes itself or leaves the country.";
        AssociationRestriction: "association.restriction", "Restriction of an organisation", "Ограничение деятельности организации",
            "An organisation is refused registration, inspected, labelled, cut off from funds or kept from meeting.";
        LawProposed: "law.proposed", "Bill", "Законопроект",
            "A bill that restricts or enables civic space is introduced or moved forward.";
        LawAdopted: "law.adopted", "Law adopted", "Принятие закона",
            "Such a law is passed, signed or published, or comes into force.";
        LawWithdrawn: "law.withdrawn", "Law or bill withdrawn", "Отзыв или отмена закона",
            "Such a bill or law is withdrawn, vetoed, struck down or repealed.";
        PoliticsElection: "politics.election", "Election or referendum", "Выборы или референдум",
            "An election or a referendum is held.";
        PoliticsPowerSeizure: "politics.power_seizure", "Seizure of power", "Захват власти",
            "A seat of power is seized, or a government is toppled or forced out.";
        PoliticsAppointment: "politics.appointment", "Appointment or removal", "Назначение или отставка",
            "An office-holder or the head of an organisation is appointed, resigns or is removed, or a decree renames something.";
        PoliticsStatement: "politics.statement", "Statement or appeal", "Заявление или обращение",
            "Officials, states, organisations or parties make a statement, a call, an appeal or a plea for clemency.";
        RatingChange: "rating.change", "Change of rating", "Изменение рейтинга",
            "A monitoring organisation changes a country's rating or puts the country on a watchlist.";
    }
}

impl IncidentKind {
    /// The category, which is also the first half of the code.
    pub fn category(self) -> Category {
        match self {
            Self::AssemblyProtest
            | Self::AssemblyViolentProtest
            | Self::AssemblyDispersal
            | Self::AssemblyRestriction => Category::Assembly,
            Self::LibertyDetention
            | Self::LibertyIllTreatment
            | Self::LibertyRelease
            | Self::LibertyTravelRestriction
            | Self::LibertyAbduction => Category::Liberty,
            Self::JusticeCharge
            | Self::JusticeTrial
            | Self::JusticeConviction
            | Self::JusticeAcquittal
            | Self::JusticeRuling => Category::Justice,
            Self::PressureRaid | Self::PressureHarassment => Category::Pressure,
            Self::ViolenceAttack | Self::ViolenceKilling => Category::Violence,
            Self::ExpressionBlocking | Self::ExpressionInternetDisruption | Self::ExpressionMediaClosure => {
                Category::Expression
            }
            Self::AssociationBan | Self::AssociationClosure | Self::AssociationRestriction => Category::Association,
            Self::LawProposed | Self::LawAdopted | Self::LawWithdrawn => Category::Law,
            Self::PoliticsElection
            | Self::PoliticsPowerSeizure
            | Self::PoliticsAppointment
            | Self::PoliticsStatement => Category::Politics,
            Self::RatingChange => Category::Rating,
        }
    }

    /// The effect that an incident of this kind has unless it states another.
    pub fn default_effect(self) -> Effect {
        match self {
            Self::LibertyRelease | Self::JusticeAcquittal | Self::LawWithdrawn => Effect::Positive,
            Self::AssemblyProtest
            | Self::AssemblyViolentProtest
            | Self::JusticeRuling
            | Self::PoliticsElection
            | Self::PoliticsPowerSeizure
            | Self::PoliticsAppointment
            | Self::PoliticsStatement
            | Self::RatingChange => Effect::Neutral,
            _ => Effect::Restriction,
        }
    }

    /// The freedoms at stake unless the incident states others; empty where they depend on who or what is hit.
    pub fn default_freedoms(self) -> &'static [Freedom] {
        match self.category() {
            Category::Assembly => &[Freedom::PeacefulAssembly],
            Category::Expression => &[Freedom::Expression],
            Category::Association => &[Freedom::Association],
            Category::Rating => &[Freedom::Association, Freedom::Expression, Freedom::PeacefulAssembly],
            Category::Liberty
            | Category::Justice
            | Category::Pressure
            | Category::Violence
            | Category::Law
            | Category::Politics => &[],
        }
    }

    /// The nearest sub-event types of ACLED, the closest first; empty where it has none.
    pub fn acled_sub_event_types(self) -> &'static [&'static str] {
        match self {
            Self::AssemblyProtest => &["Peaceful protest", "Protest with intervention"],
            Self::AssemblyViolentProtest => &["Violent demonstration"],
            Self::AssemblyDispersal => &["Protest with intervention", "Excessive force against protesters"],
            Self::LibertyDetention => &["Arrests"],
            Self::LibertyIllTreatment | Self::ViolenceKilling => &["Attack"],
            Self::LibertyAbduction => &["Abduction/forced disappearance"],
            Self::PressureRaid => &["Looting/property destruction"],
            Self::ViolenceAttack => &["Attack", "Mob violence"],
            Self::PoliticsPowerSeizure => &["Non-violent transfer of territory", "Violent demonstration"],
            _ => &[],
        }
    }

    /// The themes of the CIVICUS Monitor that an incident of this kind falls under.
    pub fn civicus_themes(self) -> &'static [&'static str] {
        match self {
            Self::AssemblyProtest | Self::AssemblyViolentProtest => &["protest"],
            Self::AssemblyDispersal => &["protest disruption", "excessive force"],
            Self::AssemblyRestriction => &["protest disruption"],
            Self::LibertyDetention => &["protester detained", "HRD detained", "journalist detained"],
            Self::LibertyIllTreatment => &["torture/ill-treatment"],
            Self::LibertyRelease | Self::LawWithdrawn => &["positive development"],
            Self::LibertyTravelRestriction => &["travel ban"],
            Self::LibertyAbduction => &["HRD disappeared"],
            Self::JusticeCharge | Self::JusticeTrial | Self::JusticeConviction => &["HRD prosecuted"],
            Self::JusticeAcquittal => &["positive court ruling"],
            Self::JusticeRuling => &["court ruling"],
            Self::PressureRaid => &["office raid"],
            Self::PressureHarassment => &["intimidation", "harassment"],
            Self::ViolenceAttack => &["attack on journalist"],
            Self::ViolenceKilling => &["killing"],
            Self::ExpressionBlocking | Self::ExpressionMediaClosure => &["censorship"],
            Self::ExpressionInternetDisruption => &["internet restriction"],
            Self::AssociationBan => &["bans"],
            Self::AssociationClosure => &["CSO closure"],
            Self::AssociationRestriction => &["bureaucratic restriction"],
            Self::LawProposed | Self::LawAdopted => &["restrictive law", "enabling law"],
            Self::PoliticsElection
            | Self::PoliticsPowerSeizure
            | Self::PoliticsAppointment
            | Self::PoliticsStatement => &[],
            Self::RatingChange => &["watchlist"],
        }
    }

    /// The served form, with category, defaults and crosswalk.
    pub fn detailed_term(self) -> Term {
        let acled = Crosswalk::each("acled-sub-event-type", self.acled_sub_event_types());
        let civicus = Crosswalk::each("civicus-theme", self.civicus_themes());
        Term {
            category: Some(self.category()),
            effect: Some(self.default_effect()),
            freedoms: self.default_freedoms().to_vec(),
            crosswalk: acled.chain(civicus).collect(),
            ..self.term()
        }
    }
}
