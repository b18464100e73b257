//! Candidates: few are fetched of many, by indexes alone.

use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Double, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::codebook::{CountryCode, IncidentKind, PlacePrecision, Vocabulary};
use crate::names::fold;
use crate::values::{IncidentId, Line};

/// How many days earlier an incident may begin that is found by its place or its people: the longest period that a date
/// stands for, a year.
const YEAR: Days = Days::new(366);

/// How many days earlier or later one may begin that is found by its kind and country alone: a month.
const MONTH: Days = Days::new(31);

/// What is compared of an incident.
#[derive(Debug, QueryableByName)]
pub(super) struct Compared {
    #[diesel(sql_type = SqlUuid)]
    pub(super) id: IncidentId,
    #[diesel(sql_type = Text)]
    pub(super) title: Line,
    #[diesel(sql_type = Text)]
    pub(super) kind: IncidentKind,
    #[diesel(sql_type = Nullable<Date>)]
    pub(super) start_date: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Date>)]
    pub(super) end_date: Option<NaiveDate>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) country: Option<CountryCode>,
    #[diesel(sql_type = Nullable<Text>)]
    pub(super) place: Option<Line>,
    #[diesel(sql_type = Nullable<Double>)]
    pub(super) lat: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    pub(super) lon: Option<f64>,
    #[diesel(sql_type = Text)]
    pub(super) place_precision: PlacePrecision,
    /// How many people it concerns.
    #[diesel(sql_type = BigInt)]
    pub(super) people: i64,
    /// How many entities it concerns.
    #[diesel(sql_type = BigInt)]
    pub(super) entities: i64,
}

/// An incident that may be the same.
#[derive(Debug, QueryableByName)]
pub(super) struct Candidate {
    #[diesel(embed)]
    pub(super) compared: Compared,
    /// How many people concern both.
    #[diesel(sql_type = BigInt)]
    pub(super) shared_people: i64,
    /// How many entities concern both.
    #[diesel(sql_type = BigInt)]
    pub(super) shared_entities: i64,
}

const OWN: &str = "
    SELECT id, title, kind, start_date, end_date, country, place, lat, lon, place_precision, people, entities
    FROM incidents CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE entities.kind = 'person') AS people, count(*) AS entities
        FROM incident_entities JOIN entities ON entities.id = entity_id WHERE incident_id = incidents.id) concerned
    WHERE id = $1";

/// Those in the same place, however it is spelt; those that concern the same entities, people first, unless these are of very
/// many; and those of the same kind in the same country that begin in the same weeks. Of all of them the hundred that are most alike by
/// entities and titles. Incidents that stand in a relation to each other were told apart by whoever wrote that down.
const CANDIDATES: &str = "
    WITH own AS (
        SELECT entity_id, kind = 'person' AS is_person FROM incident_entities JOIN entities ON entities.id = entity_id
        WHERE incident_id = $1 ORDER BY 2 DESC, 1 LIMIT 30
    ), spelt AS (
        SELECT DISTINCT lower(place) AS place FROM place_rotations WHERE rotation = $2 AND word = 0 AND country = $3
    ), found AS (
        SELECT nearby.id FROM spelt CROSS JOIN LATERAL (
            SELECT id FROM incidents
            WHERE lower(incidents.place) = spelt.place AND date_down BETWEEN $4 AND $6 AND end_date >= $5 AND kind = ANY ($8)
                AND state <> 'retracted'
            ORDER BY date_down DESC, id LIMIT 300) nearby
        UNION
        SELECT incidents.id FROM own CROSS JOIN LATERAL (
            SELECT incident_id FROM incident_entities WHERE incident_entities.entity_id = own.entity_id LIMIT 300) theirs
        JOIN incidents ON incidents.id = incident_id
        WHERE (start_date <= $6 AND end_date >= $5 OR start_date IS NULL OR $5 IS NULL) AND kind = ANY ($8) AND state <> 'retracted'
        UNION
        (SELECT id FROM (
            SELECT id, title FROM incidents
            WHERE country = $3 AND kind = $7 AND date_down BETWEEN $9 AND $10 AND end_date >= $5 AND state <> 'retracted'
            LIMIT 5000) first
         ORDER BY similarity(title, $11) DESC, id LIMIT 100)
    )
    SELECT incidents.id, title, kind, start_date, end_date, country, place, lat, lon, place_precision, people, entities,
        shared_people, shared_entities
    FROM found JOIN incidents USING (id) CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE entities.kind = 'person') AS people, count(*) AS entities,
            count(*) FILTER (WHERE entities.kind = 'person' AND own.entity_id IS NOT NULL) AS shared_people,
            count(own.entity_id) AS shared_entities
        FROM incident_entities JOIN entities ON entities.id = entity_id LEFT JOIN own USING (entity_id)
        WHERE incident_id = incidents.id) concerned
    WHERE id <> $1 AND id <> ALL ($12)
        AND NOT EXISTS (SELECT FROM incident_relations WHERE incident_id = $1 AND target_id = id)
        AND NOT EXISTS (SELECT FROM incident_relations WHERE incident_id = id AND target_id = $1)
    ORDER BY similarity(title, $11) + shared_people::real / greatest(people, 1) + shared_entities::real / greatest(entities, 1) DESC, id
    LIMIT 100";

/// What is compared of the incident of an id.
///
/// # Errors
/// The database fails, or there is no such incident.
pub(super) async fn own(mut connection: &AsyncPgConnection, id: Uuid) -> QueryResult<Compared> {
    diesel::sql_query(OWN).bind::<SqlUuid, _>(id).get_result(&mut connection).await
}

/// The incidents that may be the same, without these.
///
/// # Errors
/// The database fails, or takes too long.
pub(super) async fn load(
    mut connection: &AsyncPgConnection,
    own: &Compared,
    without: &[Uuid],
) -> QueryResult<Vec<Candidate>> {
    let category = own.kind.category();
    let kinds = IncidentKind::ALL.iter().filter(|kind| kind.category() == category).map(|kind| kind.code());
    let place = own.place.as_ref().map(|place| fold::key(place.as_str()));
    let (start, end) = (own.start_date, own.end_date);
    let latest = end.zip(start).map(|(end, start)| end.min(start + MONTH));
    diesel::sql_query(CANDIDATES)
        .bind::<SqlUuid, _>(own.id)
        .bind::<Nullable<Text>, _>(place)
        .bind::<Nullable<Text>, _>(own.country)
        .bind::<Nullable<Date>, _>(start.map(|start| start - YEAR))
        .bind::<Nullable<Date>, _>(start)
        .bind::<Nullable<Date>, _>(end)
        .bind::<Text, _>(own.kind)
        .bind::<Array<Text>, _>(kinds.collect::<Vec<_>>())
        .bind::<Nullable<Date>, _>(start.map(|start| start - MONTH))
        .bind::<Nullable<Date>, _>(latest)
        .bind::<Text, _>(&own.title)
        .bind::<Array<SqlUuid>, _>(without)
        .load(&mut connection)
        .await
}
