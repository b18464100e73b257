//! The vocabularies as the API serves them.

use std::borrow::Cow;

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Category, ChangeReason, ClaimantClass, CodingMethod, CountryCode, DatasetAccess, DatePrecision, DuplicateDecision,
    Effect, EntityKind, EntityRelationType, Freedom, IdentifierScheme, IncidentKind, IncidentRelationType,
    LegalStepType, LibertyStatus, Measure, ParticipantRole, PenaltyKind, PenaltyTimeUnit, PlacePrecision,
    ProceedingsStatus, RecordState, SourceRole, Verification, Vocabulary,
};

/// A name to show to people, in the languages of the codebook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Label {
    /// In English.
    #[schema(max_length = 120, pattern = r"^[^\u0000-\u001f\u007f]*$", example = "Detention or arrest")]
    pub en: Cow<'static, str>,
    /// In Russian.
    #[schema(max_length = 120, pattern = r"^[^\u0000-\u001f\u007f]*$", example = "Задержание или арест")]
    pub ru: Cow<'static, str>,
}

impl Label {
    /// A label from its two names.
    pub fn new(en: impl Into<Cow<'static, str>>, ru: impl Into<Cow<'static, str>>) -> Self {
        Self { en: en.into(), ru: ru.into() }
    }
}

/// What another system calls the same thing, or the nearest thing it has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Crosswalk {
    /// The other system, such as `acled-sub-event-type` or `iso3166-1-alpha-3`.
    #[schema(max_length = 64, pattern = r"^[a-z0-9_.-]+$", example = "acled-sub-event-type")]
    pub scheme: Cow<'static, str>,
    /// The value there, spelt as that system spells it.
    #[schema(max_length = 120, pattern = r"^[^\u0000-\u001f\u007f]*$", example = "Arrests")]
    pub value: Cow<'static, str>,
}

impl Crosswalk {
    /// A value of another system.
    pub fn new(scheme: impl Into<Cow<'static, str>>, value: impl Into<Cow<'static, str>>) -> Self {
        Self { scheme: scheme.into(), value: value.into() }
    }

    /// Several values of one system.
    pub(super) fn each(scheme: &'static str, values: &'static [&'static str]) -> impl Iterator<Item = Self> {
        values.iter().map(move |value| Self::new(scheme, *value))
    }
}

/// One code of a controlled list, with its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Term {
    /// The code to send and to expect.
    #[schema(max_length = 64, pattern = r"^[A-Za-z0-9_.-]+$", example = "liberty.detention")]
    pub code: Cow<'static, str>,
    /// The name to show to people.
    pub label: Label,
    /// What the code means, in one sentence.
    #[schema(
        max_length = 500,
        pattern = r"^[^\u0000-\u001f\u007f]*$",
        example = "One person or many are detained, arrested or remanded, or their custody is extended or moved."
    )]
    pub description: Cow<'static, str>,
    /// For an incident kind, the category that it counts under.
    #[schema(required = true)]
    pub category: Option<Category>,
    /// For an incident kind, the effect on civic space unless the incident states another.
    #[schema(required = true)]
    pub effect: Option<Effect>,
    /// For an incident kind, the freedoms at stake; empty where they depend on the target or subject.
    #[schema(max_items = 20)]
    pub freedoms: Vec<Freedom>,
    /// For a legal step, what it says of the liberty of a person of whom nothing else is known; null where it says nothing, or
    /// where that depends on the penalty.
    #[schema(required = true)]
    pub liberty: Option<LibertyStatus>,
    /// For a legal step, what it says of the case against a person of whom nothing else is known; null where it says nothing.
    #[schema(required = true)]
    pub proceedings: Option<ProceedingsStatus>,
    /// The same or the nearest term in other systems.
    #[schema(max_items = 20)]
    pub crosswalk: Vec<Crosswalk>,
}

impl Term {
    /// A term without category, effect, freedoms, status or crosswalk, such as a tag read from its table.
    pub fn new(code: impl Into<Cow<'static, str>>, label: Label, description: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code: code.into(),
            label,
            description: description.into(),
            category: None,
            effect: None,
            freedoms: Vec::new(),
            liberty: None,
            proceedings: None,
            crosswalk: Vec::new(),
        }
    }
}

/// One controlled list: the codes that a field or a filter takes, with labels and definitions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Vocabulary)]
pub struct VocabularyList {
    /// The list's name.
    #[schema(max_length = 64, pattern = r"^[a-z][a-z0-9_]*$", example = "incident_kind")]
    pub name: Cow<'static, str>,
    /// What the list is about, in one sentence.
    #[schema(
        max_length = 500,
        pattern = r"^[^\u0000-\u001f\u007f]*$",
        example = "What happened: one kind per incident, so that totals add up."
    )]
    pub description: Cow<'static, str>,
    /// The codes, in the order of the codebook.
    #[schema(max_items = 2000)]
    pub terms: Vec<Term>,
}

impl VocabularyList {
    /// A list from its parts, such as the tags read from their table.
    pub fn new(
        name: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
        terms: Vec<Term>,
    ) -> Self {
        Self { name: name.into(), description: description.into(), terms }
    }

    fn of<V: Vocabulary>(term: fn(V) -> Term) -> Self {
        let terms = V::ALL.iter().copied().map(term).collect();
        Self::new(V::NAME, V::DESCRIPTION, terms)
    }
}

/// Every list that lives in the code, countries included; tags come from their table.
pub fn vocabularies() -> Vec<VocabularyList> {
    vec![
        VocabularyList::of(IncidentKind::detailed_term),
        VocabularyList::of(Category::term),
        VocabularyList::of(Effect::term),
        VocabularyList::of(Freedom::term),
        VocabularyList::of(ParticipantRole::term),
        VocabularyList::of(EntityKind::detailed_term),
        VocabularyList::of(EntityRelationType::term),
        VocabularyList::of(IdentifierScheme::term),
        VocabularyList::of(Measure::term),
        VocabularyList::of(ClaimantClass::term),
        VocabularyList::of(LegalStepType::detailed_term),
        VocabularyList::of(LibertyStatus::term),
        VocabularyList::of(ProceedingsStatus::term),
        VocabularyList::of(PenaltyKind::term),
        VocabularyList::of(PenaltyTimeUnit::term),
        VocabularyList::of(IncidentRelationType::term),
        VocabularyList::of(SourceRole::term),
        VocabularyList::of(Verification::term),
        VocabularyList::of(DatePrecision::term),
        VocabularyList::of(PlacePrecision::term),
        VocabularyList::of(ChangeReason::term),
        VocabularyList::of(CodingMethod::term),
        VocabularyList::of(RecordState::term),
        VocabularyList::of(DuplicateDecision::term),
        VocabularyList::of(DatasetAccess::term),
        VocabularyList::of(CountryCode::detailed_term),
    ]
}
