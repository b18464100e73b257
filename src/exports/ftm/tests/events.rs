//! Incidents as events, and who is in them.

use super::*;

fn incident() -> Incident {
    Incident {
        row: IncidentRow {
            id: SOMEBODY.into(),
            version: 1,
            dataset: Slug::default_dataset(),
            external_id: None,
            state: RecordState::Published,
            created_at: DateTime::default(),
            updated_at: DateTime::default(),
            title: line("A rally"),
            summary: Prose::empty(),
            kind: IncidentKind::AssemblyProtest,
            effect: Effect::Neutral,
            freedoms: Vec::new(),
            start_date: None,
            end_date: None,
            date_precision: DatePrecision::Unknown,
            date_wording: None,
            location: Location {
                country: Some(CountryCode::Kg),
                admin1: None,
                place: None,
                lat: None,
                lon: None,
                precision: PlacePrecision::Unknown,
            },
            verification: Verification::SingleSource,
            coding: Coding { method: CodingMethod::Human, codebook: line("1.0"), note: None },
        },
        tags: Vec::new(),
        participants: Vec::new(),
        figures: Vec::new(),
        legal_steps: Vec::new(),
        sources: Vec::new(),
        relations: Vec::new(),
    }
}

fn part(kind: EntityKind, role: ParticipantRole) -> Participant {
    Participant { entity: Some(other(kind)), label: None, role, note: None, article: None }
}

#[test]
fn an_incident_is_an_event_with_those_who_take_part() {
    let mut incident = incident();
    incident.row.summary = "Thousands.".parse().expect("prose");
    incident.row.location.place = Some(line("Bishkek"));
    incident.row.location.admin1 = Some(line("Bishkek Shaary"));
    incident.tags = vec!["tear_gas".parse().expect("a tag")];
    incident.sources = vec![Source { article: report("https://example.org/a"), role: SourceRole::Primary }];
    let nobody = Participant { entity: None, ..part(EntityKind::Person, ParticipantRole::Target) };
    incident.participants = vec![
        part(EntityKind::Person, ParticipantRole::Target),
        nobody,
        part(EntityKind::Person, ParticipantRole::Target),
    ];
    let [event, link] = event(&incident).try_into().expect("an event and a link");
    assert_eq!(
        json!(event),
        json!({
            "id": SOMEBODY, "schema": "Event", "datasets": ["central-asia"], "properties": {
                "name": ["A rally"], "description": ["Thousands."], "country": ["kg"], "location": ["Bishkek, Bishkek Shaary"],
                "keywords": ["assembly.protest", "tear_gas"], "sourceUrl": ["https://example.org/a"], "involved": [OTHER]
            }
        })
    );
    assert_eq!(link.schema, "UnknownLink");
    assert_eq!(properties(&link), json!({ "subject": [OTHER], "object": [SOMEBODY], "role": ["Target"] }));
}

#[test]
fn laws_and_places_are_joined_to_an_event_by_links_alone() {
    let with = |part| Incident { participants: vec![part], ..incident() };
    let organized = event(&with(part(EntityKind::PoliticalParty, ParticipantRole::Organizer)));
    assert_eq!(organized[0].properties["organizer"], [OTHER.to_string()]);
    assert!(!organized[0].properties.contains_key("involved"));
    for kind in [EntityKind::Law, EntityKind::Place] {
        let about = event(&with(part(kind, ParticipantRole::Subject)));
        assert!(!about[0].properties.contains_key("involved"), "{kind}");
        assert_eq!(about[1].properties["role"], ["Subject"], "{kind}");
    }
}

#[test]
fn the_person_and_the_authority_of_a_legal_step_are_involved() {
    let third = EntityRef { id: Uuid::from_u128(3).into(), name: line("A court"), kind: EntityKind::PublicBody };
    let step = LegalStep {
        entity: other(EntityKind::Person),
        step: LegalStepType::ALL[0],
        date: None,
        date_precision: DatePrecision::Unknown,
        authority: Some(third),
        charge: None,
        penalty: None,
        note: None,
        article: None,
    };
    let exported = event(&Incident { legal_steps: vec![step], ..incident() });
    assert_eq!(json!(exported[0].properties["involved"]), json!([OTHER, Uuid::from_u128(3)]));
    assert_eq!(exported.len(), 1);
}

#[test]
fn an_event_is_dated_as_precisely_as_is_known() {
    let dated = |start, end, precision| {
        let mut incident = incident();
        (incident.row.start_date, incident.row.end_date, incident.row.date_precision) = (start, end, precision);
        let mut properties = event(&incident)[0].properties.clone();
        properties.retain(|name, _| name.to_lowercase().contains("date"));
        json!(properties)
    };
    assert_eq!(
        dated(day("2020-10-05"), day("2020-10-06"), DatePrecision::Day),
        json!({ "startDate": ["2020-10-05"], "endDate": ["2020-10-06"] })
    );
    assert_eq!(dated(day("2012-10-01"), day("2012-10-31"), DatePrecision::Month), json!({ "date": ["2012-10"] }));
    assert_eq!(dated(None, None, DatePrecision::Unknown), json!({}));
}
