//! When legal steps may have been: each within a period, and those of one incident in the order in which they are written.

use chrono::{Days, Months, NaiveDate};

use super::steps::TakenStep;
use crate::codebook::{DatePrecision, PenaltyKind, PenaltyTimeUnit};
use crate::incidents::Penalty;

/// The days on which a step may have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Period {
    /// The place in the order of time: the first of the days, and behind what is known more precisely. None comes first.
    pub(super) from: (Option<NaiveDate>, DatePrecision),
    /// The last of the days; none if there is no knowing.
    pub(super) to: Option<NaiveDate>,
}

impl Period {
    /// The period that a date names: as long as its precision says.
    pub(super) fn of(date: Option<NaiveDate>, precision: DatePrecision) -> Self {
        let days = |more| date.and_then(|date| date.checked_add_days(Days::new(more)));
        let months = |months| date.and_then(|date| date.checked_add_months(Months::new(months))?.pred_opt());
        let to = match precision {
            DatePrecision::Day | DatePrecision::Unknown => date,
            DatePrecision::Week => days(6),
            DatePrecision::PartOfMonth => days(10),
            DatePrecision::Month => months(1),
            DatePrecision::Quarter => months(3),
            DatePrecision::Year => months(12),
        };
        Self { from: (date, precision), to }
    }

    fn reaches(&self, day: Option<NaiveDate>) -> bool {
        self.to.is_none_or(|to| day.is_none_or(|day| day <= to))
    }
}

/// Places the steps of one incident, which come as they are written: each where its date says, but not before what is written
/// before it, as far as its period allows. One without a date stands with its incident, or with the latest that is written
/// before it, and never behind a date that is written after it.
pub(super) fn place(written: &mut [TakenStep]) {
    let mut reached = (None, DatePrecision::Day);
    for step in written.iter_mut() {
        let undated = step.date.is_none();
        if undated {
            step.stands = Period::of(step.incident.start_date, step.incident_precision);
        }
        if reached > step.stands.from && (undated || step.stands.reaches(reached.0)) {
            step.stands.from = reached;
            if undated {
                step.stands.to = step.stands.to.max(Period::of(reached.0, reached.1).to);
            }
        }
        reached = reached.max(step.stands.from);
    }
    let mut after: Option<Period> = None;
    for step in written.iter_mut().rev() {
        if let Some(after) = after {
            if after.reaches(step.stands.from.0) {
                step.stands.to = step.stands.to.into_iter().chain(after.to).min();
            } else if step.date.is_none() {
                step.stands = after;
            }
        }
        after = Some(step.stands);
    }
}

impl TakenStep {
    /// Whether it may have been after a step that stands behind it. What is written in one incident has its order, and so has
    /// what is of one day: what usually comes first.
    pub(super) fn may_follow(&self, other: &Self) -> bool {
        let ends_before = matches!((self.stands.to, other.stands.from.0), (Some(to), Some(from)) if to <= from);
        self.incident.id != other.incident.id && !ends_before
    }

    /// The last day of the term that it sets, at the latest; none where it has no length. A suspended sentence says how long
    /// the prison term would be, not how long it hangs over the person.
    pub(super) fn end_of_term(&self) -> Option<NaiveDate> {
        let Penalty { kind, amount, unit, suspended } = self.penalty.as_ref()?;
        let is_term = matches!(
            kind,
            PenaltyKind::Imprisonment
                | PenaltyKind::AdministrativeArrest
                | PenaltyKind::HouseArrest
                | PenaltyKind::Probation
        );
        if !is_term || *suspended {
            return None;
        }
        let days = match unit.as_ref()?.as_str().parse().ok()? {
            PenaltyTimeUnit::Day => 1.0,
            PenaltyTimeUnit::Month => 31.0,
            PenaltyTimeUnit::Year => 366.0,
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no calendar reaches so far")]
        let length = (amount.as_ref()?.get() * days).ceil() as u64;
        self.date.and(self.stands.to)?.checked_add_days(Days::new(length))
    }
}
