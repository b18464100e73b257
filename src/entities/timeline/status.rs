//! Where a person stands at law, derived from the legal steps; nothing of it is stored.

use chrono::{Days, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

use super::steps::{TakenStep, in_order};
use crate::codebook::{
    DatePrecision, LegalStepType, LibertyStatus, OnLiberty, PenaltyKind, PenaltyTimeUnit, ProceedingsStatus,
};
use crate::incidents::{IncidentRef, Penalty};

/// Where a person stands, as far as the legal steps of published incidents tell. Silence changes nothing: `as_of` says how
/// old the news is.
#[derive(Debug, Serialize, ToSchema)]
pub struct LegalStatus {
    /// Whether the person is free.
    pub liberty: PersonLiberty,
    /// Where the case against the person stands; of several, the one that was last told of.
    pub proceedings: PersonProceedings,
}

/// A status, and the step that last said so.
macro_rules! status {
    ($(#[doc = $doc:literal])+ $name:ident of $value:ident) => {
        $(#[doc = $doc])+
        #[derive(Debug, Serialize, ToSchema)]
        pub struct $name {
            /// The status.
            pub value: $value,
            /// The date of the step that last said so: the first day of the period that the precision names. Null if no step
            /// says so, or its date is unknown.
            #[schema(example = "2024-02-01")]
            pub as_of: Option<NaiveDate>,
            /// How precisely that date is known.
            pub as_of_precision: DatePrecision,
            /// The step that last said so.
            pub step: Option<LegalStepType>,
            /// The incident that the step belongs to.
            pub incident: Option<IncidentRef>,
        }

        impl $name {
            fn said(value: $value, by: Option<&TakenStep>) -> Self {
                Self {
                    value,
                    as_of: by.and_then(|step| step.date),
                    as_of_precision: by.map_or(DatePrecision::Unknown, |step| step.precision),
                    step: by.map(|step| step.step),
                    incident: by.map(|step| step.incident.clone()),
                }
            }
        }
    };
}

status! {
    /// Whether a person is free, and the step that last said so.
    PersonLiberty of LibertyStatus
}
status! {
    /// Where the case against a person stands, and the step that last said so.
    PersonProceedings of ProceedingsStatus
}

impl LegalStatus {
    /// The status that follows from the steps of a person, in whatever order they come.
    pub(super) fn of(steps: &[TakenStep], today: NaiveDate) -> Self {
        let mut standing = Standing::default();
        for (_, step) in in_order(steps, TakenStep::in_the_story) {
            standing.follow(step);
        }
        let liberty =
            if standing.until.is_some_and(|end| end < today) { LibertyStatus::Unknown } else { standing.liberty };
        Self {
            liberty: PersonLiberty::said(liberty, standing.told_liberty),
            proceedings: PersonProceedings::said(standing.proceedings, standing.told_proceedings),
        }
    }
}

/// What the steps so far have told.
struct Standing<'a> {
    liberty: LibertyStatus,
    told_liberty: Option<&'a TakenStep>,
    /// The last day of the term that the person serves, where one was set.
    until: Option<NaiveDate>,
    proceedings: ProceedingsStatus,
    told_proceedings: Option<&'a TakenStep>,
}

impl Default for Standing<'_> {
    fn default() -> Self {
        Self {
            liberty: LibertyStatus::Unknown,
            told_liberty: None,
            until: None,
            proceedings: ProceedingsStatus::None,
            told_proceedings: None,
        }
    }
}

impl<'a> Standing<'a> {
    fn follow(&mut self, step: &'a TakenStep) {
        let (on_liberty, on_proceedings) = step.step.consequence();
        let penalty = step.penalty.as_ref().map(|penalty| (penalty.kind, penalty.suspended));
        if let Some(liberty) = on_liberty.after(self.liberty, self.is_away(), penalty) {
            self.until = self.term_after(step, on_liberty);
            (self.liberty, self.told_liberty) = (liberty, Some(step));
        }
        if let Some(proceedings) = on_proceedings.after(self.proceedings) {
            (self.proceedings, self.told_proceedings) = (proceedings, Some(step));
        }
    }

    fn is_away(&self) -> bool {
        self.liberty == LibertyStatus::Fugitive
            || self.told_liberty.is_some_and(|step| step.step == LegalStepType::Deported)
    }

    /// The end of the term after a step: one that it sets, or the one that the person is known to serve still.
    fn term_after(&self, step: &TakenStep, said: OnLiberty) -> Option<NaiveDate> {
        match step.step {
            LegalStepType::StillHeld | LegalStepType::Transferred => {
                self.until.filter(|end| step.date.is_none_or(|date| date <= *end))
            }
            _ if said == OnLiberty::Is(LibertyStatus::Fugitive) || self.is_away() => None,
            _ => step.penalty.as_ref().and_then(|penalty| last_day(penalty, step.date?, step.precision)),
        }
    }
}

/// The last day of a term, at the latest; none where it has no length. A suspended sentence says how long the prison term
/// would be, not how long it hangs over the person.
fn last_day(penalty: &Penalty, date: NaiveDate, precision: DatePrecision) -> Option<NaiveDate> {
    let is_term = matches!(
        penalty.kind,
        PenaltyKind::Imprisonment
            | PenaltyKind::AdministrativeArrest
            | PenaltyKind::HouseArrest
            | PenaltyKind::Probation
    );
    if !is_term || penalty.suspended {
        return None;
    }
    let days = match penalty.unit.as_ref()?.as_str().parse().ok()? {
        PenaltyTimeUnit::Day => 1.0,
        PenaltyTimeUnit::Month => 31.0,
        PenaltyTimeUnit::Year => 366.0,
    };
    let begins_within = match precision {
        DatePrecision::Day | DatePrecision::Unknown => 0,
        DatePrecision::Week => 6,
        DatePrecision::PartOfMonth => 10,
        DatePrecision::Month => 30,
        DatePrecision::Quarter => 91,
        DatePrecision::Year => 365,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "no calendar reaches so far")]
    let length = (penalty.amount?.get() * days).ceil() as u64;
    date.checked_add_days(Days::new(begins_within))?.checked_add_days(Days::new(length))
}
