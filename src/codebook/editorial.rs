//! How records are sourced, dated, placed, coded, published and changed.

use super::vocabulary::vocabulary;

vocabulary! {
    /// How one incident relates to another, read from the incident that holds the relation to the other.
    pub enum IncidentRelationType as "incident_relation" {
        PartOf: "part_of", "Part of", "Часть",
            "Is one act within the larger event that the other records.";
        Follows: "follows", "Follows", "Следует за",
            "Comes next in the same course of events, without being caused by the other.";
        CausedBy: "caused_by", "Caused by", "Вызвано",
            "Happened because of the other.";
        ReactionTo: "reaction_to", "Reaction to", "Реакция на",
            "Answers the other, as a protest, a statement or a countermeasure.";
        SameCaseAs: "same_case_as", "Same case as", "То же дело",
            "Belongs to the same legal case.";
        RelatedTo: "related_to", "Related to", "Связано с",
            "Is connected in a way that no other relation names.";
    }
}

vocabulary! {
    /// What an article contributes to an incident.
    pub enum SourceRole as "source_role" {
        Primary: "primary", "Primary", "Основной источник",
            "The record chiefly rests on it.";
        Corroborating: "corroborating", "Corroborating", "Подтверждающий источник",
            "It confirms what the record says.";
        Background: "background", "Background", "Контекст",
            "It explains the circumstances without reporting the incident itself.";
        Disputing: "disputing", "Disputing", "Оспаривающий источник",
            "It contradicts what the record says.";
    }
}

vocabulary! {
    /// How well an incident is established.
    pub enum Verification as "verification" {
        Unreviewed: "unreviewed", "Unreviewed", "Не проверено",
            "Coded by a machine or imported, and not yet read by an editor.";
        SingleSource: "single_source", "Single source", "Один источник",
            "Read by an editor, and reported by one publisher.";
        Corroborated: "corroborated", "Corroborated", "Подтверждено",
            "Reported by two publishers that do not depend on each other.";
        Verified: "verified", "Verified", "Проверено",
            "Proved by a document, a ruling or an image.";
        Disputed: "disputed", "Disputed", "Оспаривается",
            "Sources contradict each other about whether or how it happened.";
    }
}

vocabulary! {
    /// How exactly the date is known.
    pub enum DatePrecision as "date_precision" {
        Day: "day", "Day", "День",
            "Known to the day: it lasted from the start date to the end date.";
        PartOfMonth: "part_of_month", "Part of a month", "Часть месяца",
            "Early, mid or late in a month: it lies somewhere between the two dates.";
        Week: "week", "Week", "Неделя",
            "Known to the week: it lies somewhere between the two dates.";
        Month: "month", "Month", "Месяц",
            "Known to the month: it lies somewhere between the two dates.";
        Quarter: "quarter", "Quarter or season", "Квартал или время года",
            "Known to three months: it lies somewhere between the two dates.";
        Year: "year", "Year", "Год",
            "Known to the year: it lies somewhere between the two dates.";
        Unknown: "unknown", "Unknown", "Неизвестно",
            "No date is known.";
    }
}

vocabulary! {
    /// How exactly the place is known; a point that stands for a region or a country is no pin on a map.
    pub enum PlacePrecision as "place_precision" {
        Exact: "exact", "Exact", "Точное место",
            "The point is the very place: an address, a building, a square.";
        Locality: "locality", "Locality", "Часть населённого пункта",
            "The point stands for a street, a neighbourhood or another part of a settlement.";
        Settlement: "settlement", "Settlement", "Населённый пункт",
            "The point stands for a city, a town or a village.";
        District: "district", "District", "Район",
            "The point stands for a district.";
        Region: "region", "Region", "Область или регион",
            "The point stands for a region or another first-level unit.";
        Country: "country", "Country", "Страна",
            "The point stands for the country.";
        Unknown: "unknown", "Unknown", "Неизвестно",
            "No place is known.";
    }
}

vocabulary! {
    /// Why a record was changed, withdrawn or merged.
    pub enum ChangeReason as "change_reason" {
        NewInformation: "new_information", "New information", "Новая информация",
            "Something became known or happened since.";
        SourceCorrected: "source_corrected", "Source corrected", "Источник исправлен",
            "The source changed what it had reported.";
        CodingError: "coding_error", "Coding error", "Ошибка кодирования",
            "The record did not say what its source says.";
        Duplicate: "duplicate", "Duplicate", "Дубликат",
            "Another record already covers the same thing.";
        OutOfScope: "out_of_scope", "Out of scope", "Вне тематики",
            "It does not belong in this collection.";
        Safety: "safety", "Safety", "Безопасность",
            "The record could put somebody in danger; earlier versions are hidden as well.";
        LegalRequest: "legal_request", "Legal request", "Юридическое требование",
            "The law or a court demands it; earlier versions are hidden as well.";
        VocabularyChange: "vocabulary_change", "Change of vocabulary", "Изменение кодификатора",
            "The codebook changed, not what is known.";
    }
}

vocabulary! {
    /// Who coded a record.
    pub enum CodingMethod as "coding_method" {
        Human: "human", "Human", "Человек",
            "A person read the source and coded it.";
        Machine: "machine", "Machine", "Машина",
            "A program coded it and nobody has checked it.";
        MachineReviewed: "machine_reviewed", "Machine, reviewed", "Машина с проверкой человеком",
            "A program coded it and a person checked it.";
    }
}

vocabulary! {
    /// Whether a record can be seen.
    pub enum RecordState as "record_state" {
        Published: "published", "Published", "Опубликовано",
            "Open to everybody.";
        Draft: "draft", "Draft", "Черновик",
            "In preparation, and seen by editors only.";
        Retracted: "retracted", "Retracted", "Отозвано",
            "Withdrawn: readers find a tombstone in its place.";
    }
}

vocabulary! {
    /// Who may read a dataset.
    pub enum DatasetAccess as "dataset_access" {
        Public: "public", "Public", "Открытый",
            "Open to everybody, under the dataset's licence.";
        Internal: "internal", "Internal", "Внутренний",
            "Seen only with an editor's key.";
    }
}

vocabulary! {
    /// What an editor decided of two records that look alike.
    pub enum DuplicateDecision as "duplicate_decision" {
        Same: "same", "Same", "Одно и то же",
            "They are one, and one is to be merged into the other.";
        Different: "different", "Different", "Разное",
            "They are two, however alike they look.";
    }
}
