//! What becomes of records in the terms of `FollowTheMoney`.

mod events;

use chrono::{DateTime, NaiveDate};
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::articles::ArticleRef;
use crate::codebook::{
    CodingMethod, CountryCode, DatePrecision, Effect, EntityRelationType, IdentifierScheme, IncidentKind,
    LegalStepType, ParticipantRole, PlacePrecision, RecordState, SourceRole, Verification, Vocabulary,
};
use crate::entities::{Alias, Entity, EntityRef, EntityRelation, EntityRow, Identifier, RelationDirection};
use crate::incidents::{Coding, Incident, IncidentRow, LegalStep, Location, Participant, Source};
use crate::values::{Line, Prose};

const SOMEBODY: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);

fn line(text: &str) -> Line {
    text.parse().expect("a line")
}

fn day(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

fn somebody(kind: EntityKind, name: &str) -> Entity {
    Entity {
        row: EntityRow {
            id: SOMEBODY.into(),
            version: 1,
            dataset: Slug::default_dataset(),
            external_id: None,
            state: RecordState::Published,
            created_at: DateTime::default(),
            updated_at: DateTime::default(),
            kind,
            name: line(name),
            description: Prose::empty(),
            country: None,
        },
        aliases: Vec::new(),
        identifiers: Vec::new(),
        relations: Vec::new(),
        article_count: 0,
        incident_count: 0,
    }
}

fn other(kind: EntityKind) -> EntityRef {
    EntityRef { id: OTHER.into(), name: line("Other"), kind }
}

fn to(kind: EntityKind, relation: EntityRelationType) -> EntityRelation {
    EntityRelation {
        relation,
        direction: RelationDirection::Outgoing,
        entity: other(kind),
        start_date: None,
        end_date: None,
        article: None,
    }
}

fn report(url: &str) -> ArticleRef {
    ArticleRef { id: OTHER.into(), title: line("A report"), url: url.parse().ok(), published_on: None }
}

fn properties(entity: &FtmEntity) -> Value {
    json!(entity.properties)
}

#[test]
fn an_entity_is_written_as_the_package_reads_it() {
    let mut person = somebody(EntityKind::Person, "Sadyr Japarov");
    person.row.country = Some(CountryCode::Kg);
    person.row.description = "President.".parse().expect("prose");
    let alias = |name| Alias { name: line(name), language: None };
    person.aliases = ["Садыр Жапаров", "Жапаров", "Sadyr Japarov", "Садыр Жапаров"].map(alias).into();
    assert_eq!(
        json!(entity(&person)),
        json!({
            "id": SOMEBODY, "schema": "Person", "datasets": ["central-asia"], "properties": {
                "name": ["Sadyr Japarov"], "alias": ["Садыр Жапаров"], "weakAlias": ["Жапаров"],
                "country": ["kg"], "description": ["President."]
            }
        })
    );
}

#[test]
fn a_kind_has_its_schema_and_topic() {
    let of = |kind| {
        let entity = entity(&somebody(kind, "X Y"));
        (entity.schema, entity.properties.get("topics").map(|topics| topics.join(" ")))
    };
    assert_eq!(of(EntityKind::PoliticalParty), ("Organization", Some("pol.party".to_owned())));
    assert_eq!(of(EntityKind::InternationalBody), ("PublicBody", Some("gov.igo".to_owned())));
    assert_eq!(of(EntityKind::Platform), ("Company", None));
    let law = entity(&somebody(EntityKind::Law, "Criminal Code"));
    assert_eq!(law.schema, "Document");
    assert_eq!(
        properties(&law),
        json!({ "name": ["Criminal Code"], "title": ["Criminal Code"], "fileName": ["Criminal Code"] })
    );
    let place = entity(&somebody(EntityKind::Place, "Square; Almaty"));
    assert_eq!(place.schema, "Address");
    assert_eq!(properties(&place), json!({ "name": ["Square; Almaty"], "full": ["Square, Almaty"] }));
}

#[test]
fn an_acronym_is_a_weak_alias() {
    let mut body = somebody(EntityKind::PublicBody, "State Committee for National Security");
    body.aliases = ["GKNB", "ГКНБ", "МВД КР", "Committee", "UNITED KINGDOM OF"]
        .map(|name| Alias { name: line(name), language: None })
        .into();
    let exported = properties(&entity(&body));
    assert_eq!(exported["weakAlias"], json!(["GKNB", "ГКНБ", "МВД КР"]));
    assert_eq!(exported["alias"], json!(["Committee", "UNITED KINGDOM OF"]));
}

#[test]
fn an_identifier_stands_where_it_is_looked_for_or_in_a_note() {
    use IdentifierScheme::{Isni, Opensanctions, Other, Telegram, Viaf, Website, Wikidata};
    let of = |kind, scheme, value| {
        let mut entity = somebody(kind, "X Y");
        entity.identifiers = vec![Identifier { scheme, value: line(value) }];
        let mut properties = super::entity(&entity).properties;
        for named in ["name", "full", "title", "fileName"] {
            properties.remove(named);
        }
        json!(properties)
    };
    let media = EntityKind::Media;
    for (scheme, value, property, expected) in [
        (Wikidata, "Q25597826", "wikidataId", "Q25597826"),
        (Wikidata, "https://www.wikidata.org/wiki/q42", "wikidataId", "Q42"),
        (Wikidata, "Queen", "notes", "wikidata:Queen"),
        (Website, "kloop.kg", "website", "http://kloop.kg/"),
        (Website, "none", "notes", "website:none"),
        (Telegram, "@azattyk", "website", "https://t.me/azattyk"),
        (Telegram, "a b", "notes", "telegram:a b"),
        (Opensanctions, "NK-a1", "sourceUrl", "https://www.opensanctions.org/entities/NK-a1/"),
        (Opensanctions, "NK/a1", "notes", "opensanctions:NK/a1"),
        (Isni, "0000 0001 2103 497x", "sourceUrl", "https://isni.org/isni/000000012103497X"),
        (Isni, "0000", "notes", "isni:0000"),
        (Viaf, "12345", "sourceUrl", "https://viaf.org/viaf/12345"),
        (Viaf, "x", "notes", "viaf:x"),
        (Other, "VK 1", "notes", "other:VK 1"),
    ] {
        assert_eq!(of(media, scheme, value), json!({ property: [expected] }), "{value}");
    }
    assert_eq!(of(EntityKind::Place, Website, "https://a.kg/"), json!({ "sourceUrl": ["https://a.kg/"] }));
    assert_eq!(of(EntityKind::Law, Website, "https://a.kg/"), json!({ "sourceUrl": ["https://a.kg/"] }));
}

#[test]
fn a_name_that_is_too_long_is_cut_and_noted() {
    let long = "Ж".repeat(400);
    let exported = entity(&somebody(EntityKind::Organization, &long));
    assert_eq!(exported.properties["name"], ["Ж".repeat(384)]);
    assert_eq!(exported.properties["notes"], [long]);
    assert_eq!(properties(&entity(&somebody(EntityKind::Person, "\u{200b}"))), json!({}), "nothing is made up");
}

#[test]
fn a_relation_has_the_schema_that_takes_both_ends() {
    use EntityKind::{Company, Law, Media, Organization, Person, Place, PoliticalParty, PublicBody};
    use EntityRelationType as R;
    for (from, relation, to_kind, schema, source, target) in [
        (Person, R::MemberOf, PoliticalParty, "Membership", "member", "organization"),
        (Person, R::MemberOf, Person, "UnknownLink", "subject", "object"),
        (Person, R::Leads, PublicBody, "Directorship", "director", "organization"),
        (PublicBody, R::Leads, PublicBody, "Directorship", "director", "organization"),
        (Person, R::Leads, Place, "UnknownLink", "subject", "object"),
        (Person, R::WorksFor, Media, "Employment", "employee", "employer"),
        (Media, R::WorksFor, Media, "UnknownLink", "subject", "object"),
        (Person, R::HoldsOfficeIn, PublicBody, "Employment", "employee", "employer"),
        (Person, R::FounderOf, Media, "UnknownLink", "subject", "object"),
        (Person, R::OwnerOf, Company, "Ownership", "owner", "asset"),
        (Person, R::OwnerOf, Media, "UnknownLink", "subject", "object"),
        (PublicBody, R::PartOf, PublicBody, "UnknownLink", "subject", "object"),
        (Media, R::SuccessorOf, Media, "Succession", "successor", "predecessor"),
        (Person, R::SuccessorOf, Person, "UnknownLink", "subject", "object"),
        (Person, R::SuccessorOf, Media, "UnknownLink", "subject", "object"),
        (Media, R::SuccessorOf, Person, "UnknownLink", "subject", "object"),
        (Person, R::FamilyOf, Person, "Family", "person", "relative"),
        (Person, R::SpouseOf, Person, "Family", "person", "relative"),
        (Person, R::Represents, Organization, "Representation", "agent", "client"),
        (Person, R::Represents, Law, "UnknownLink", "subject", "object"),
        (Person, R::AllyOf, Person, "Associate", "person", "associate"),
        (Person, R::AffiliatedWith, Person, "Associate", "person", "associate"),
        (Person, R::AllyOf, PublicBody, "UnknownLink", "subject", "object"),
        (Person, R::OpponentOf, Person, "UnknownLink", "subject", "object"),
        (Law, R::AffiliatedWith, Place, "UnknownLink", "subject", "object"),
    ] {
        let mut holder = somebody(from, "X Y");
        holder.relations = vec![to(to_kind, relation)];
        let [edge] = relations(&holder).try_into().expect("one edge");
        assert_eq!(edge.schema, schema, "{from} {relation} {to_kind}");
        assert_eq!(edge.properties[source], [SOMEBODY.to_string()], "{from} {relation} {to_kind}");
        assert_eq!(edge.properties[target], [OTHER.to_string()], "{from} {relation} {to_kind}");
        let how = if ["Family", "Associate"].contains(&schema) { "relationship" } else { "role" };
        assert_eq!(edge.properties[how], [relation.label().en.to_string()], "{from} {relation} {to_kind}");
    }
}

#[test]
fn a_relation_says_since_when_and_who_reports_it() {
    let mut holder = somebody(EntityKind::Person, "X Y");
    let mut office = to(EntityKind::PublicBody, EntityRelationType::HoldsOfficeIn);
    (office.start_date, office.end_date) = (day("2017-11-24"), day("2020-10-15"));
    office.article = Some(report("https://example.org"));
    holder.relations = vec![office];
    let edge = &relations(&holder)[0].properties;
    assert_eq!((&edge["startDate"][0], &edge["endDate"][0]), (&"2017-11-24".to_owned(), &"2020-10-15".to_owned()));
    assert_eq!(edge["sourceUrl"], ["https://example.org/"]);
}

#[test]
fn an_edge_has_one_id_however_it_is_told_and_those_of_two_times_have_two() {
    let mut holder = somebody(EntityKind::Person, "X Y");
    let office =
        |start| EntityRelation { start_date: start, ..to(EntityKind::PublicBody, EntityRelationType::HoldsOfficeIn) };
    let ids = |relations: Vec<EntityRelation>, holder: &mut Entity| {
        holder.relations = relations;
        super::relations(holder).into_iter().map(|edge| edge.id).collect::<Vec<_>>()
    };
    let once = ids(vec![office(None)], &mut holder);
    assert_eq!(once, ids(vec![office(day("2011-12-01"))], &mut holder), "a date that becomes known is no other edge");
    let twice = ids(vec![office(day("2017-11-24")), office(day("2011-12-01"))], &mut holder);
    assert_eq!((twice.len(), twice[0]), (2, once[0]));
    assert_ne!(twice[0], twice[1]);
    assert_eq!(super::relations(&holder)[0].properties["startDate"], ["2011-12-01"], "the first time is the first");
    let back = vec![EntityRelation { direction: RelationDirection::Incoming, ..office(None) }];
    assert!(ids(back, &mut holder).is_empty(), "it is exported from where it starts");
}
