//! The legal steps of one person, and their order.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::periods::{Period, place};
use crate::codebook::{DatePrecision, LegalStepType, PenaltyKind, RecordState};
use crate::db::schema::{incidents, legal_steps};
use crate::http::auth::View;
use crate::incidents::{IncidentRef, Penalty};
use crate::values::{Amount, EntityId, PenaltyUnit};

/// A legal step, as far as its order and a status depend on it.
#[derive(Clone, Debug)]
pub(super) struct TakenStep {
    pub(super) incident: IncidentRef,
    pub(super) incident_precision: DatePrecision,
    pub(super) position: i16,
    pub(super) step: LegalStepType,
    pub(super) date: Option<NaiveDate>,
    pub(super) precision: DatePrecision,
    pub(super) penalty: Option<Penalty>,
    /// Where it stands in the story of the person.
    pub(super) stands: Period,
}

/// Steps in the order of a time. Those of one time and one incident stay as they were written; of several incidents, that
/// whose first step usually comes first goes first, and its place comes with each of its steps.
pub(super) fn in_order<T: Ord + Copy>(steps: &[TakenStep], time: impl Fn(&TakenStep) -> T) -> Vec<(i16, &TakenStep)> {
    let mut sorted: Vec<&TakenStep> = steps.iter().collect();
    sorted.sort_by_key(|step| (time(step), step.incident.id, step.position));
    let mut placed: Vec<(i16, &TakenStep)> = sorted
        .chunk_by(|a, b| (time(a), a.incident.id) == (time(b), b.incident.id))
        .flat_map(|written| written.iter().map(|step| (written[0].step.usual_place(), *step)))
        .collect();
    placed.sort_by_key(|(place, step)| (time(step), *place, step.incident.id, step.position));
    placed
}

/// All steps of a person in the incidents that may be seen.
pub(super) async fn load(
    mut connection: &AsyncPgConnection,
    person: EntityId,
    view: &View,
) -> QueryResult<Vec<TakenStep>> {
    type Row = (
        IncidentRef,
        DatePrecision,
        (i16, LegalStepType, Option<NaiveDate>, DatePrecision),
        (Option<PenaltyKind>, Option<Amount>, Option<PenaltyUnit>, Option<bool>),
    );
    let mut query = legal_steps::table
        .inner_join(incidents::table.on(incidents::id.eq(legal_steps::incident_id)))
        .filter(legal_steps::entity_id.eq(person))
        .filter(incidents::state.eq(RecordState::Published))
        .select((
            IncidentRef::as_select(),
            incidents::date_precision,
            (legal_steps::position, legal_steps::step, legal_steps::date, legal_steps::date_precision),
            (
                legal_steps::penalty_kind,
                legal_steps::penalty_amount,
                legal_steps::penalty_unit,
                legal_steps::penalty_suspended,
            ),
        ))
        .into_boxed();
    if !view.hidden.is_empty() {
        query = query.filter(incidents::dataset.ne_all(&view.hidden));
    }
    let rows: Vec<Row> = query.order((legal_steps::incident_id, legal_steps::position)).load(&mut connection).await?;
    let step = |(incident, incident_precision, (position, step, date, precision), penalty): Row| {
        let (kind, amount, unit, suspended) = penalty;
        let penalty = kind.map(|kind| Penalty { kind, amount, unit, suspended: suspended.unwrap_or(false) });
        let stands = Period::of(date, precision);
        TakenStep { incident, incident_precision, position, step, date, precision, penalty, stands }
    };
    let mut steps: Vec<TakenStep> = rows.into_iter().map(step).collect();
    for written in steps.chunk_by_mut(|one, next| one.incident.id == next.incident.id) {
        place(written);
    }
    Ok(steps)
}
