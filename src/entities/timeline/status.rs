//! Where a person stands at law, derived from the legal steps; nothing of it is stored.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::steps::{TakenStep, in_order};
use crate::codebook::{
    DatePrecision, Details, LegalStepType, Liberty, LibertyStatus, OnLiberty, PenaltyKind, ProceedingsStatus,
};
use crate::incidents::IncidentRef;

/// Where a person stands, as far as the legal steps of published incidents tell; unknown where they leave it open. Silence
/// changes nothing: `as_of` says how old the news is.
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
        for (_, step) in in_order(steps, |step| step.stands.from) {
            standing.follow(step);
        }
        Self {
            liberty: PersonLiberty::said(standing.liberty.on(Some(today)), standing.told_liberty),
            proceedings: PersonProceedings::said(standing.proceedings, standing.told_proceedings),
        }
    }
}

/// What the steps so far have told.
struct Standing<'a> {
    liberty: Liberty,
    told_liberty: Option<&'a TakenStep>,
    proceedings: ProceedingsStatus,
    told_proceedings: Option<&'a TakenStep>,
    /// The steps whose period is not over: each may have been after the next one, too.
    pending: Vec<&'a TakenStep>,
}

impl Default for Standing<'_> {
    fn default() -> Self {
        Self {
            liberty: Liberty::default(),
            told_liberty: None,
            proceedings: ProceedingsStatus::None,
            told_proceedings: None,
            pending: Vec::new(),
        }
    }
}

impl<'a> Standing<'a> {
    fn follow(&mut self, step: &'a TakenStep) {
        let day = step.stands.from.0;
        self.pending.retain(|pending| pending.stands.to.is_none_or(|to| day.is_none_or(|day| day < to)));
        self.follow_liberty(step, day);
        self.follow_proceedings(step);
        self.pending.push(step);
    }

    /// Where a step of another incident may have been after this one, and would then say otherwise, it is unknown what is so.
    fn follow_liberty(&mut self, step: &'a TakenStep, day: Option<NaiveDate>) {
        let (said, _) = step.step.consequence();
        if said == OnLiberty::Nothing {
            return;
        }
        let before = self.liberty.on(day);
        let mut told = self.liberty.follow(said, step.details(day));
        let after = self.liberty.clone();
        for pending in self.pending.iter().filter(|pending| pending.may_follow(step)) {
            let mut otherwise = after.clone();
            otherwise.follow(pending.step.consequence().0, pending.details(day));
            self.liberty.or(&otherwise, day);
        }
        told |= self.liberty.on(day) != before;
        if told {
            self.told_liberty = Some(step);
        }
    }

    /// Nobody is convicted while an acquittal, or what else takes a verdict away, may have come after it.
    fn follow_proceedings(&mut self, step: &'a TakenStep) {
        let Some(mut proceedings) = step.step.consequence().1.after(self.proceedings, step.penalty_kind()) else {
            return;
        };
        let undoes = |pending: &&TakenStep| {
            let after = pending.step.consequence().1.after(ProceedingsStatus::Convicted, pending.penalty_kind());
            after.is_some_and(|after| after != ProceedingsStatus::Convicted)
                && pending.step.usual_place() > LegalStepType::Convicted.usual_place()
                && pending.may_follow(step)
        };
        if proceedings == ProceedingsStatus::Convicted && self.pending.iter().any(undoes) {
            proceedings = ProceedingsStatus::Unknown;
        }
        (self.proceedings, self.told_proceedings) = (proceedings, Some(step));
    }
}

impl TakenStep {
    fn penalty_kind(&self) -> Option<PenaltyKind> {
        self.penalty.as_ref().map(|penalty| penalty.kind)
    }

    fn details(&self, day: Option<NaiveDate>) -> Details {
        let penalty = self.penalty.as_ref().map(|penalty| (penalty.kind, penalty.suspended));
        Details { day, penalty, until: self.end_of_term() }
    }
}
