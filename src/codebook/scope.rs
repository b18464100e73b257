//! What an incident is about: category, effect and the freedoms at stake.

use super::{IncidentKind, Vocabulary, vocabulary::vocabulary};

vocabulary! {
    /// The family that an incident kind belongs to, and the first half of its code.
    pub enum Category as "category" {
        Assembly: "assembly", "Assembly", "Собрания",
            "Protests and other gatherings, and what authorities do about them.";
        Liberty: "liberty", "Liberty and custody", "Свобода и содержание под стражей",
            "Custody, release, treatment in custody and the freedom to move.";
        Justice: "justice", "Justice", "Правосудие",
            "Steps of criminal, administrative and civil cases.";
        Pressure: "pressure", "Pressure", "Давление",
            "Searches, threats and other pressure short of custody and violence.";
        Violence: "violence", "Violence", "Насилие",
            "Physical attacks and killings.";
        Expression: "expression", "Expression", "Свобода выражения мнений",
            "Blocked sites, cut connections and closed media.";
        Association: "association", "Association", "Объединения",
            "Bans, closures and restrictions of organisations.";
        Law: "law", "Law", "Законодательство",
            "Bills and laws that bear on civic space.";
        Politics: "politics", "Politics", "Политика",
            "Elections, changes of office, statements and struggles for power.";
        Rating: "rating", "Rating", "Рейтинг",
            "Ratings and watchlists of monitoring organisations.";
    }
}

impl Category {
    /// The kinds of this category, in the order of the codebook.
    pub fn kinds(self) -> impl Iterator<Item = IncidentKind> {
        IncidentKind::ALL.iter().copied().filter(move |kind| kind.category() == self)
    }
}

vocabulary! {
    /// What an incident does to civic space.
    pub enum Effect as "effect" {
        Restriction: "restriction", "Restriction", "Ограничение",
            "Civic space shrinks: a right is denied, punished or made harder to use.";
        Neutral: "neutral", "Neutral", "Нейтральный",
            "Civic space neither shrinks nor grows, or the effect is open.";
        Positive: "positive", "Positive", "Позитивный",
            "Civic space grows: somebody is freed or cleared, or a restriction is lifted.";
    }
}

vocabulary! {
    /// The human rights and freedoms that an incident touches.
    pub enum Freedom as "freedom" {
        Association: "association", "Association", "Свобода объединений",
            "To form, join and run organisations, parties and unions.";
        Expression: "expression", "Expression", "Свобода выражения мнений",
            "To seek, receive and spread information and opinions, the media's freedom included.";
        PeacefulAssembly: "peaceful_assembly", "Peaceful assembly", "Свобода мирных собраний",
            "To gather, march and picket peacefully.";
        Liberty: "liberty", "Liberty and security", "Свобода и личная неприкосновенность",
            "Not to be detained arbitrarily or made to disappear.";
        FairTrial: "fair_trial", "Fair trial", "Право на справедливый суд",
            "To be heard by an independent court, with a defence and in public.";
        Privacy: "privacy", "Privacy", "Право на частную жизнь",
            "Not to have home, correspondence and personal data intruded upon.";
        Movement: "movement", "Movement", "Свобода передвижения",
            "To move within a country, to leave it and to return to one's own.";
        Integrity: "integrity", "Life and physical integrity", "Право на жизнь и физическую неприкосновенность",
            "Not to be killed, tortured, beaten or otherwise ill-treated.";
    }
}
