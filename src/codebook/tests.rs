use std::{collections::HashSet, fmt::Debug};

use diesel::{pg::Pg, prelude::*};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use utoipa::{PartialSchema, ToSchema};

use super::*;

fn schema_of<V: PartialSchema>() -> Value {
    serde_json::to_value(V::schema()).expect("JSON")
}

fn check<V>()
where
    V: Vocabulary + Debug + Serialize + DeserializeOwned + ToSchema,
{
    let codes: Vec<_> = V::ALL.iter().map(|term| term.code()).collect();
    let distinct: HashSet<_> = codes.iter().collect();
    assert_eq!(distinct.len(), codes.len(), "{}: codes repeat", V::NAME);

    for &term in V::ALL {
        let code = term.code();
        if V::NAME != CountryCode::NAME {
            assert_eq!(code, code.to_lowercase());
        }
        assert_eq!(code.parse(), Ok(term));
        assert_eq!(term.to_string(), code);
        assert_eq!(serde_json::to_value(term).expect("JSON"), json!(code));
        assert_eq!(serde_json::from_value::<V>(json!(code)).expect("a code"), term);
    }

    let type_name = std::any::type_name::<V>().rsplit("::").next().expect("a name");
    assert_eq!(V::name(), type_name);
    let schema = schema_of::<V>();
    assert_eq!(schema["type"], json!("string"), "{type_name}");
    assert_eq!(schema["enum"], json!(codes), "{type_name}");
    assert_eq!(schema["description"], json!(V::DESCRIPTION), "{type_name}");

    let served = vocabularies();
    let list = served.iter().find(|list| list.name == V::NAME).expect("a list that is served");
    let served_codes: Vec<_> = list.terms.iter().map(|term| &*term.code).collect();
    assert_eq!(served_codes, codes, "{}", V::NAME);
}

macro_rules! check_all {
    ($($vocabulary:ty),+ $(,)?) => {{
        $(check::<$vocabulary>();)+
        [$(<$vocabulary>::NAME),+]
    }};
}

#[test]
fn every_list_reads_and_writes_by_the_same_codes() {
    let checked = check_all!(
        IncidentKind,
        Category,
        Effect,
        Freedom,
        ParticipantRole,
        EntityKind,
        EntityRelationType,
        IdentifierScheme,
        Measure,
        ClaimantClass,
        LegalStepType,
        LibertyStatus,
        ProceedingsStatus,
        PenaltyKind,
        PenaltyTimeUnit,
        IncidentRelationType,
        SourceRole,
        Verification,
        DatePrecision,
        PlacePrecision,
        ChangeReason,
        CodingMethod,
        RecordState,
        DuplicateDecision,
        DatasetAccess,
        CountryCode,
    );
    let served: Vec<_> = vocabularies().into_iter().map(|list| list.name).collect();
    assert_eq!(served, checked);
}

#[test]
fn every_term_has_labels_and_a_sentence_of_definition() {
    let one_line = |text: &str, limit: usize| {
        !text.is_empty() && text.chars().count() <= limit && !text.contains(char::is_control)
    };
    for list in vocabularies() {
        assert!(one_line(&list.name, 64) && one_line(&list.description, 500));
        assert!(list.description.ends_with('.'), "{}", list.name);
        assert!(list.terms.len() <= 2000);
        for term in list.terms {
            let at = format!("{} {}", list.name, term.code);
            let cyrillic = |letter| matches!(letter, 'А'..='я' | 'ё' | 'Ё');
            assert!(one_line(&term.code, 64) && one_line(&term.description, 500), "{at}");
            assert!(one_line(&term.label.en, 120) && one_line(&term.label.ru, 120), "{at}");
            assert!(!term.label.en.contains(cyrillic), "{at}");
            assert!(term.label.ru.contains(cyrillic), "{at}");
            assert!(term.description.ends_with('.'), "{at}");
            assert!(term.crosswalk.len() <= 20, "{at}");
            for crosswalk in term.crosswalk {
                assert!(one_line(&crosswalk.scheme, 64) && one_line(&crosswalk.value, 120), "{at}");
            }
        }
    }
}

#[test]
fn an_unknown_code_is_an_error_that_names_the_vocabulary() {
    let message = "`arson` is not a code of the vocabulary `incident_kind`";
    assert_eq!("arson".parse::<IncidentKind>().expect_err("no code").to_string(), message);
    let error = serde_json::from_value::<IncidentKind>(json!("arson")).expect_err("no code");
    assert_eq!(error.to_string(), message);
    let error = serde_json::from_value::<IncidentKind>(json!(7)).expect_err("no text");
    assert!(error.to_string().contains("a code of the vocabulary `incident_kind`"), "{error}");
    let long = "x".repeat(1000).parse::<Effect>().expect_err("no code");
    assert_eq!(long.code.len(), 64);
}

#[test]
fn a_kind_belongs_to_the_category_that_its_code_begins_with() {
    for &kind in IncidentKind::ALL {
        let (category, _) = kind.code().split_once('.').expect("a category");
        assert_eq!(kind.category().code(), category);
    }
    let by_category: Vec<_> = Category::ALL.iter().flat_map(|c| c.kinds()).collect();
    assert_eq!(by_category, IncidentKind::ALL);
}

#[test]
fn a_kind_is_served_with_its_defaults_and_crosswalk() {
    assert_eq!(
        serde_json::to_value(IncidentKind::AssemblyDispersal.detailed_term()).expect("JSON"),
        json!({
            "code": "assembly.dispersal",
            "label": {"en": "Dispersal of an assembly", "ru": "Разгон собрания"},
            "description": "Authorities block an assembly, break it up or disperse those who take part.",
            "category": "assembly",
            "effect": "restriction",
            "freedoms": ["peaceful_assembly"],
            "liberty": null,
            "proceedings": null,
            "crosswalk": [
                {"scheme": "acled-sub-event-type", "value": "Protest with intervention"},
                {"scheme": "acled-sub-event-type", "value": "Excessive force against protesters"},
                {"scheme": "civicus-theme", "value": "protest disruption"},
                {"scheme": "civicus-theme", "value": "excessive force"},
            ],
        })
    );
}

#[test]
fn a_step_is_served_with_what_it_says_of_a_person_of_whom_nothing_else_is_known() {
    let said = |step: LegalStepType| {
        let term = step.detailed_term();
        (term.liberty, term.proceedings)
    };
    assert_eq!(said(LegalStepType::Detained), (Some(LibertyStatus::Held), Some(ProceedingsStatus::Investigated)));
    assert_eq!(said(LegalStepType::Sentenced), (None, Some(ProceedingsStatus::Unknown)));
    assert_eq!(said(LegalStepType::CitizenshipRevoked), (None, None));
}

#[test]
fn the_country_table_is_sorted_well_formed_and_without_repetition() {
    let all = CountryCode::ALL;
    assert_eq!(all.len(), 249);
    assert!(all.is_sorted_by_key(|country| country.code()));
    let mut seen = HashSet::new();
    for country in all {
        assert!(country.code().len() == 2 && country.alpha3().len() == 3);
        assert!(country.code().chars().chain(country.alpha3().chars()).all(|c| c.is_ascii_uppercase()));
        assert!(country.numeric().len() == 3 && country.numeric().parse::<u16>().is_ok());
        assert!(seen.insert(country.alpha3().to_owned()) && seen.insert(country.numeric().to_owned()));
        if let Some(number) = country.gleditsch_ward() {
            assert!(seen.insert(format!("gleditsch-ward {number}")), "{country}");
            assert_eq!(CountryCode::from_gleditsch_ward(number), Some(*country));
        }
    }
    assert_eq!(CountryCode::from_gleditsch_ward(705), Some(CountryCode::Kz));
    assert_eq!(CountryCode::from_gleditsch_ward(482), Some(CountryCode::Cf));
    assert!("kz".parse::<CountryCode>().is_err() && "XK".parse::<CountryCode>().is_err());
}

#[test]
fn every_property_of_the_served_shape_is_required_and_bounded() {
    for schema in [schema_of::<VocabularyList>(), schema_of::<Term>(), schema_of::<Label>(), schema_of::<Crosswalk>()] {
        let properties = schema["properties"].as_object().expect("members");
        let required: HashSet<_> = schema["required"].as_array().expect("a list").iter().collect();
        assert_eq!(required.len(), properties.len(), "{schema}");
        for (name, property) in properties {
            match property["type"].as_str() {
                Some("string") => {
                    assert!(property["maxLength"].is_u64() && property["pattern"].is_string(), "{name}");
                }
                Some("array") => assert!(property["maxItems"].is_u64(), "{name}"),
                _ => assert!(property.to_string().contains("$ref"), "{name}: {property}"),
            }
        }
    }
    assert_eq!(VocabularyList::name(), "Vocabulary");
    assert_eq!(schema_of::<Label>()["properties"]["en"]["pattern"], json!(r"^[^\u0000-\u001f\u007f]*$"));
}

diesel::table! {
    sample (kind) {
        kind -> Text,
        country -> Nullable<Text>,
        freedoms -> Array<Text>,
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sample, check_for_backend(Pg))]
struct Sample {
    kind: IncidentKind,
    country: Option<CountryCode>,
    freedoms: Vec<Freedom>,
}

#[test]
fn codes_are_text_in_sql() {
    let query = sample::table
        .filter(sample::kind.eq_any(Category::Violence.kinds().collect::<Vec<_>>()))
        .filter(sample::country.eq(CountryCode::Kz))
        .select(Sample::as_select());
    let sql = diesel::debug_query::<Pg, _>(&query).to_string();
    assert!(sql.contains("[ViolenceAttack, ViolenceKilling], Kz"), "{sql}");
}
