//! The timeline of an entity in the database.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, SmallInt, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use tokio::try_join;
use uuid::Uuid;

use super::steps::{self, TakenStep, in_order};
use super::{LegalStatus, TimelineEntry, TimelineEntryType};
use crate::codebook::{DatePrecision, EntityKind, Vocabulary};
use crate::db::among::Among;
use crate::db::schema::incidents;
use crate::entities::model::{EntityRow, standing};
use crate::history::{self, Lookup};
use crate::http::auth::View;
use crate::http::cursor::{Position, SortKey};
use crate::http::listing::{Found, PageRequest, TOTAL_EXACT_TO, Total, sort_orders};
use crate::incidents::stored::{load_figures, load_legal_steps, load_participants};
use crate::incidents::{Figure, IncidentRef, LegalStep, Participant};
use crate::values::EntityId;

sort_orders! {
    /// The order of a timeline.
    TimelineSort of "incidents", default Date {
        Date: "date", by "date_up", descending false, "The oldest first.";
    }
}

/// Where an entry stands: by its day, how precisely that is known, what it is, the usual place of its step, its incident,
/// and its place there. Unknown days come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, QueryableByName)]
struct Place {
    #[diesel(sql_type = Date)]
    day: NaiveDate,
    #[diesel(sql_type = SmallInt)]
    precision: i16,
    #[diesel(sql_type = SmallInt)]
    part: i16,
    #[diesel(sql_type = SmallInt)]
    stage: i16,
    #[diesel(sql_type = SqlUuid)]
    incident: Uuid,
    #[diesel(sql_type = SmallInt)]
    position: i16,
}

impl Place {
    fn of_step(stage: i16, step: &TakenStep) -> Self {
        Self {
            day: step.date.unwrap_or(NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)),
            precision: step.precision as i16 + 1,
            part: TimelineEntryType::LegalStep as i16,
            stage,
            incident: step.incident.id.into(),
            position: step.position,
        }
    }

    /// Before every entry.
    fn first() -> Self {
        let day = NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or(NaiveDate::MIN);
        Self { day, precision: 0, part: 0, stage: 0, incident: Uuid::nil(), position: 0 }
    }

    fn reached(after: Option<&Position>) -> Self {
        match after {
            Some(Position(SortKey::Entry(day, [precision, part, stage, position]), incident)) => Self {
                day: *day,
                precision: *precision,
                part: *part,
                stage: *stage,
                incident: *incident,
                position: *position,
            },
            _ => Self::first(),
        }
    }

    fn position(&self) -> Position {
        let Self { day, precision, part, stage, incident, position } = *self;
        Position(SortKey::Entry(day, [precision, part, stage, position]), incident)
    }
}

/// A page of what became of an entity, and where it stands.
pub(super) async fn find(
    connection: &AsyncPgConnection,
    id: EntityId,
    view: &View,
    page: &PageRequest<TimelineSort>,
) -> QueryResult<Lookup<(Found<TimelineEntry>, Option<LegalStatus>)>> {
    let row: EntityRow = match standing(connection, id, view).await? {
        Lookup::Found(row) => row,
        absent => return Ok(absent.without()),
    };
    let mut conn = connection;
    let (steps, others, counted, today, revision) = try_join!(
        steps::load(connection, id, view),
        other_places(connection, id, view, page),
        async { if page.include_total { count_others(connection, id, view).await.map(Some) } else { Ok(None) } },
        diesel::select(diesel::dsl::today).get_result::<NaiveDate>(&mut conn),
        history::revision(connection),
    )?;
    let undated_last = |step: &TakenStep| (step.date.is_none(), step.date, step.precision);
    let of_steps = in_order(&steps, undated_last).into_iter().map(|(stage, step)| Place::of_step(stage, step));
    let reached = Place::reached(page.after.as_ref());
    let mut places: Vec<Place> = of_steps.filter(|place| *place > reached).chain(others).collect();
    places.sort();
    let (places, next) = page.cut(places, Place::position);
    let total = counted.map(|others| Total::of(others + i64::try_from(steps.len()).unwrap_or(TOTAL_EXACT_TO)));
    let records = entries(connection, id, &places).await?;
    let status = (row.kind == EntityKind::Person).then(|| LegalStatus::of(&steps, today));
    Ok(Lookup::Found((Found { records, next, total, revision }, status)))
}

/// The parts of incidents that are not legal steps: what they are, their table, and the column of the entity.
const OTHERS: [(TimelineEntryType, &str, &str); 2] = [
    (TimelineEntryType::Participation, "participants", "entity_id"),
    (TimelineEntryType::Claim, "figures", "claimant_id"),
];

/// The places behind the one that was reached, at most as many as a page needs. Each table is read in the order of the days
/// of incidents, from that day on.
async fn other_places(
    mut connection: &AsyncPgConnection,
    id: EntityId,
    view: &View,
    page: &PageRequest<TimelineSort>,
) -> QueryResult<Vec<Place>> {
    let each = OTHERS.map(|(part, table, column)| {
        let part = part as i16;
        format!(
            "(SELECT date_up AS day, precision, {part}::smallint AS part, 0::smallint AS stage, incident.id AS incident, part.position
              FROM {table} AS part JOIN incidents AS incident ON incident.id = part.incident_id
              CROSS JOIN LATERAL (SELECT array_position($3, date_precision::text)::smallint AS precision) AS known
              WHERE part.{column} = $1 AND state = 'published' AND dataset <> ALL ($2) AND date_up >= $4
                AND (date_up, precision, {part}::smallint, 0::smallint, incident.id, part.position) > ($4, $5, $6, $7, $8, $9)
              ORDER BY date_up, precision, incident.id, part.position LIMIT $10)"
        )
    });
    let Place { day, precision, part, stage, incident, position } = Place::reached(page.after.as_ref());
    let precisions: Vec<&str> = DatePrecision::ALL.iter().map(|precision| precision.code()).collect();
    diesel::sql_query(each.join(" UNION ALL "))
        .bind::<SqlUuid, _>(id)
        .bind::<Array<Text>, _>(&view.hidden)
        .bind::<Array<Text>, _>(precisions)
        .bind::<Date, _>(day)
        .bind::<SmallInt, _>(precision)
        .bind::<SmallInt, _>(part)
        .bind::<SmallInt, _>(stage)
        .bind::<SqlUuid, _>(incident)
        .bind::<SmallInt, _>(position)
        .bind::<BigInt, _>(page.limit + 1)
        .load(&mut connection)
        .await
}

async fn count_others(mut connection: &AsyncPgConnection, id: EntityId, view: &View) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let each = OTHERS.map(|(_, table, column)| {
        format!(
            "SELECT FROM {table} AS part JOIN incidents AS incident ON incident.id = part.incident_id
             WHERE part.{column} = $1 AND state = 'published' AND dataset <> ALL ($2)"
        )
    });
    let query = format!("SELECT count(*) FROM ({} LIMIT $3) AS counted", each.join(" UNION ALL "));
    let query = diesel::sql_query(query).bind::<SqlUuid, _>(id).bind::<Array<Text>, _>(&view.hidden);
    let Count { count } = query.bind::<BigInt, _>(TOTAL_EXACT_TO + 1).get_result(&mut connection).await?;
    Ok(count)
}

/// The entries of these places, in their order.
async fn entries(
    mut connection: &AsyncPgConnection,
    id: EntityId,
    places: &[Place],
) -> QueryResult<Vec<TimelineEntry>> {
    let of = |part: Option<TimelineEntryType>| -> Vec<Uuid> {
        let fits = |place: &&Place| part.is_none_or(|part| place.part == part as i16);
        places.iter().filter(fits).map(|place| place.incident).collect()
    };
    let (participants, steps, claims) = (
        of(Some(TimelineEntryType::Participation)),
        of(Some(TimelineEntryType::LegalStep)),
        of(Some(TimelineEntryType::Claim)),
    );
    let known = incidents::table
        .filter(incidents::id.eq_any(of(None)))
        .select((incidents::id, IncidentRef::as_select(), incidents::date_precision))
        .load::<(Uuid, IncidentRef, DatePrecision)>(&mut connection);
    let (known, participants, steps, claims) = try_join!(
        known,
        load_participants(connection, Among::each(&participants), Some(id), None),
        load_legal_steps(connection, Among::each(&steps), Some(id), None),
        load_figures(connection, Among::each(&claims), Some(id), None),
    )?;
    let known: HashMap<Uuid, _> =
        known.into_iter().map(|(id, incident, precision)| (id, (incident, precision))).collect();
    let mut participants: HashMap<_, _> = participants.into_iter().collect();
    let mut steps: HashMap<_, _> = steps.into_iter().collect();
    let mut claims: HashMap<_, _> = claims.into_iter().collect();
    let entry = |place: &Place| {
        let (incident, precision) = known.get(&place.incident)?.clone();
        let key = (place.incident.into(), place.position);
        let participation = |part| TimelineEntry::of_participation(incident.clone(), precision, part);
        let step = |step| TimelineEntry::of_step(incident.clone(), step);
        let claim = |figure| TimelineEntry::of_claim(incident.clone(), precision, figure);
        match place.part {
            part if part == TimelineEntryType::Participation as i16 => participants.remove(&key).map(participation),
            part if part == TimelineEntryType::LegalStep as i16 => steps.remove(&key).map(step),
            _ => claims.remove(&key).map(claim),
        }
    };
    Ok(places.iter().filter_map(entry).collect())
}

impl TimelineEntry {
    fn of(entry_type: TimelineEntryType, incident: IncidentRef, date_precision: DatePrecision) -> Self {
        Self {
            date: incident.start_date,
            date_precision,
            entry_type,
            incident,
            role: None,
            step: None,
            figure: None,
            penalty: None,
            authority: None,
            charge: None,
            note: None,
            article: None,
        }
    }

    fn of_participation(incident: IncidentRef, precision: DatePrecision, participant: Participant) -> Self {
        let Participant { role, note, article, .. } = participant;
        Self { role: Some(role), note, article, ..Self::of(TimelineEntryType::Participation, incident, precision) }
    }

    fn of_claim(incident: IncidentRef, precision: DatePrecision, figure: Figure) -> Self {
        let article = figure.article.clone();
        Self { figure: Some(figure), article, ..Self::of(TimelineEntryType::Claim, incident, precision) }
    }

    fn of_step(incident: IncidentRef, taken: LegalStep) -> Self {
        let LegalStep { step, date, date_precision, authority, charge, penalty, note, article, .. } = taken;
        let entry = Self::of(TimelineEntryType::LegalStep, incident, date_precision);
        Self { date, step: Some(step), authority, charge, penalty, note, article, ..entry }
    }
}
