//! The law's hold on a person: dated steps, the status that follows from them, and penalties.

use super::vocabulary::vocabulary;

vocabulary! {
    /// One dated step of a person's way through custody and the courts.
    pub enum LegalStepType as "legal_step" {
        Warned: "warned", "Officially warned", "Официальное предостережение",
            "An authority warned the person formally.";
        Summoned: "summoned", "Summoned", "Вызов на допрос или в суд",
            "The person was called in by police, prosecutors or a court.";
        Questioned: "questioned", "Questioned", "Допрос",
            "The person was questioned, as a witness or a suspect.";
        Detained: "detained", "Detained", "Задержание",
            "The person was taken into custody.";
        Released: "released", "Released", "Освобождение",
            "The person was let out of custody.";
        Remanded: "remanded", "Remanded in custody", "Заключение под стражу",
            "The person was ordered into pre-trial custody, or it was extended.";
        StillHeld: "still_held", "Still held", "Остаётся под стражей",
            "A source confirms that the person was still in custody on that date.";
        Transferred: "transferred", "Transferred", "Перевод в другое место заключения",
            "The person was moved to another place of detention.";
        HouseArrest: "house_arrest", "House arrest", "Домашний арест",
            "The person was confined to their home.";
        TravelBan: "travel_ban", "Travel ban", "Запрет на выезд",
            "The person was forbidden to leave the country or their place of residence.";
        RestrictionLifted: "restriction_lifted", "Restriction lifted", "Снятие ограничения",
            "House arrest, a travel ban or a like measure ended.";
        Charged: "charged", "Charged", "Предъявление обвинения",
            "The person was charged with an offence.";
        ChargesChanged: "charges_changed", "Charges changed", "Изменение обвинения",
            "The charge was replaced, widened or reduced.";
        ChargesDropped: "charges_dropped", "Charges dropped", "Снятие обвинения",
            "The charge was withdrawn or the case closed.";
        CaseSuspended: "case_suspended", "Case suspended", "Приостановление дела",
            "The case was put on hold without being closed.";
        TrialOpened: "trial_opened", "Trial opened", "Начало суда",
            "The trial began.";
        Retrial: "retrial", "Retrial", "Повторный процесс",
            "The case went to trial again.";
        Convicted: "convicted", "Convicted", "Обвинительный приговор",
            "A court found the person guilty.";
        Sentenced: "sentenced", "Sentenced", "Назначение наказания",
            "A court set the punishment: prison, probation, a fine or another penalty.";
        AdministrativeArrest: "administrative_arrest", "Administrative arrest", "Административный арест",
            "A court sent the person to administrative arrest; this step stands alone, without a conviction beside it.";
        ProbationRevoked: "probation_revoked", "Probation revoked", "Замена условного срока реальным",
            "A suspended or probationary sentence was turned into a custodial one.";
        Acquitted: "acquitted", "Acquitted", "Оправдательный приговор",
            "A court found the person not guilty.";
        AppealFiled: "appeal_filed", "Appeal filed", "Подача апелляции",
            "One side challenged the decision before a higher court.";
        VerdictUpheld: "verdict_upheld", "Verdict upheld", "Приговор оставлен в силе",
            "A higher court left the decision as it was.";
        VerdictChanged: "verdict_changed", "Verdict changed", "Приговор изменён",
            "A higher court changed the decision or the sentence.";
        VerdictQuashed: "verdict_quashed", "Verdict quashed", "Приговор отменён",
            "A higher court set the decision aside.";
        ClemencyRequested: "clemency_requested", "Clemency requested", "Прошение о помиловании",
            "The person, or somebody for them, asked for mercy.";
        Pardoned: "pardoned", "Pardoned", "Помилование или амнистия",
            "The person was pardoned or fell under an amnesty.";
        Fled: "fled", "Fled", "Бегство от преследования",
            "The person left or hid to avoid prosecution.";
        Escaped: "escaped", "Escaped", "Побег из-под стражи",
            "The person broke out of custody.";
        FreedByForce: "freed_by_force", "Freed by force", "Освобождение силой",
            "Others, such as supporters, took the person out of custody by force.";
        Deported: "deported", "Deported", "Высылка",
            "The person was expelled from the country.";
        CitizenshipRevoked: "citizenship_revoked", "Citizenship revoked", "Лишение гражданства",
            "The person was stripped of citizenship.";
        Extradited: "extradited", "Extradited", "Экстрадиция",
            "The person was handed over to another state.";
        SentenceServed: "sentence_served", "Sentence served", "Отбытие наказания",
            "The person served the sentence to its end.";
        DiedInCustody: "died_in_custody", "Died in custody", "Смерть под стражей",
            "The person died while held.";
    }
}

vocabulary! {
    /// Whether a person is free, derived from the latest known legal steps.
    pub enum LibertyStatus as "liberty_status" {
        Free: "free", "Free", "На свободе",
            "Let out, or with the punishment remitted or served.";
        Held: "held", "Held", "Под стражей",
            "In custody, before or after a verdict.";
        HouseArrest: "house_arrest", "Under house arrest", "Под домашним арестом",
            "Confined to their home.";
        Restricted: "restricted", "Restricted", "С ограничением свободы",
            "At large under a travel ban, probation or a like restriction.";
        Fugitive: "fugitive", "Fugitive", "В бегах или в розыске",
            "Out of reach of the authority that wants them.";
        Dead: "dead", "Dead", "Нет в живых",
            "Died in custody.";
        Unknown: "unknown", "Unknown", "Неизвестно",
            "The recorded steps do not tell, tell only of a term that is over, or leave open which came last.";
    }
}

vocabulary! {
    /// Where the case against a person stands, derived from the latest known legal steps.
    pub enum ProceedingsStatus as "proceedings_status" {
        None: "none", "None", "Нет дела",
            "No case is known.";
        Investigated: "investigated", "Under investigation", "Под следствием",
            "Warned, summoned, questioned or held, but not known to be charged.";
        Charged: "charged", "Charged", "Предъявлено обвинение",
            "Charged, and not yet on trial.";
        OnTrial: "on_trial", "On trial", "Под судом",
            "The trial or a retrial is under way.";
        Convicted: "convicted", "Convicted", "Обвинительный приговор",
            "Found guilty, and the verdict stands.";
        Acquitted: "acquitted", "Acquitted", "Оправдательный приговор",
            "Found not guilty.";
        Closed: "closed", "Closed", "Дело прекращено",
            "The case ended without a verdict that stands.";
        Unknown: "unknown", "Unknown", "Неизвестно",
            "The recorded steps do not tell.";
    }
}

vocabulary! {
    /// The punishment that a court or another authority set.
    pub enum PenaltyKind as "penalty_kind" {
        Imprisonment: "imprisonment", "Imprisonment", "Лишение свободы",
            "Prison or a penal colony.";
        AdministrativeArrest: "administrative_arrest", "Administrative arrest", "Административный арест",
            "Days in a detention facility for an administrative offence.";
        HouseArrest: "house_arrest", "House arrest", "Домашний арест",
            "Confinement to the home.";
        Fine: "fine", "Fine", "Штраф",
            "Money to be paid to the state.";
        Probation: "probation", "Probation or restricted freedom", "Ограничение свободы или пробация",
            "Life at large under supervision and conditions.";
        Damages: "damages", "Damages", "Возмещение ущерба",
            "Money to be paid to somebody else.";
        Ban: "ban", "Ban on an activity", "Запрет на деятельность",
            "A ban on a profession, an office or a public activity.";
    }
}

vocabulary! {
    /// The unit of time of a penalty; a sum of money has an ISO 4217 currency code instead.
    pub enum PenaltyTimeUnit as "penalty_unit" {
        Day: "day", "Day", "День", "The penalty is counted in days.";
        Month: "month", "Month", "Месяц", "The penalty is counted in months.";
        Year: "year", "Year", "Год", "The penalty is counted in years.";
    }
}
