//! What each legal step says of a person: the one table from which a person's status is derived.
//!
//! Silence is never release. A step that says nothing of one of the two leaves it, and its date, as it was.

use super::legal::{LegalStepType, LibertyStatus, PenaltyKind, ProceedingsStatus};
use super::served::Term;
use super::vocabulary::Vocabulary;

/// What a step says of a person's liberty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnLiberty {
    /// Nothing.
    Nothing,
    /// It is so from then on.
    Is(LibertyStatus),
    /// A court ordered it, which it can do in absence: it is so from then on, unless the person is out of its reach. That
    /// makes a fugitive.
    Ordered(LibertyStatus),
    /// What the penalty says: custody, a restriction, or nothing.
    Penalty,
    /// Custody ended. Who was known to be at large under a restriction is so still.
    LetOut,
    /// A restriction ended. Who is held, or out of reach, is so still.
    Lifted,
}

/// What a step says of the case against a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnProceedings {
    /// Nothing.
    Nothing,
    /// It stands there from then on.
    Is(ProceedingsStatus),
    /// It has come at least as far: what has come further stays. After an acquittal or the end of a case it is a new case.
    Reaches(ProceedingsStatus),
    /// There is a case; only where none was known is anything learnt from it.
    Implies(ProceedingsStatus),
    /// The verdict stands.
    Upholds,
    /// The case is over; a verdict that was given stands.
    Ends,
    /// The punishment is remitted: a verdict stands, a case without one is over.
    Remits,
}

impl OnLiberty {
    /// What is so after the step; none if it says nothing. `away` is whether the person was out of reach before it.
    pub fn after(
        self,
        before: LibertyStatus,
        away: bool,
        penalty: Option<(PenaltyKind, bool)>,
    ) -> Option<LibertyStatus> {
        use LibertyStatus::{Dead, Free, Fugitive, Held, Restricted};
        let in_reach = |status| if away { Fugitive } else { status };
        match (self, before) {
            (Self::Nothing, _) | (_, Dead) | (Self::Lifted, Held | Fugitive) => None,
            (Self::Is(status), _) => Some(status),
            (Self::Ordered(status), _) => Some(in_reach(status)),
            (Self::Penalty, _) => penalty.and_then(|(kind, suspended)| kind.imposes(suspended)).map(in_reach),
            (Self::LetOut, Restricted) => Some(Restricted),
            (Self::LetOut | Self::Lifted, _) => Some(Free),
        }
    }
}

impl OnProceedings {
    /// Where the case stands after the step; none if it says nothing.
    pub fn after(self, before: ProceedingsStatus) -> Option<ProceedingsStatus> {
        use ProceedingsStatus::{
            Acquitted, Charged, Closed, Convicted, Investigated, None as NoCase, OnTrial, Unknown,
        };
        match (self, before) {
            (Self::Is(status), _)
            | (Self::Reaches(status), NoCase | Acquitted | Closed | Unknown)
            | (Self::Implies(status), NoCase) => Some(status),
            (Self::Reaches(status), before) => (before <= status).then_some(status),
            (Self::Upholds, Convicted | Acquitted) => Some(before),
            (Self::Upholds | Self::Remits, NoCase) => Some(Unknown),
            (Self::Ends, NoCase | Investigated | Charged | OnTrial | Closed | Unknown)
            | (Self::Remits, Investigated | Charged | OnTrial) => Some(Closed),
            _ => None,
        }
    }
}

impl PenaltyKind {
    /// What it makes of a person's liberty; none for what leaves it alone.
    pub fn imposes(self, suspended: bool) -> Option<LibertyStatus> {
        match (self, suspended) {
            (Self::Imprisonment | Self::AdministrativeArrest, false) => Some(LibertyStatus::Held),
            (Self::HouseArrest, false) => Some(LibertyStatus::HouseArrest),
            (Self::Probation, _) | (Self::Imprisonment | Self::AdministrativeArrest | Self::HouseArrest, true) => {
                Some(LibertyStatus::Restricted)
            }
            (Self::Fine | Self::Damages | Self::Ban, _) => None,
        }
    }
}

impl LegalStepType {
    /// What the step says of the person's liberty and of the case.
    pub fn consequence(self) -> (OnLiberty, OnProceedings) {
        use LibertyStatus::{Dead, Free, Fugitive, Held, HouseArrest, Restricted};
        use OnLiberty::{LetOut, Lifted, Ordered, Penalty};
        use OnProceedings::{Ends, Implies, Reaches, Remits, Upholds};
        use ProceedingsStatus::{Acquitted, Charged, Convicted, Investigated, OnTrial, Unknown};
        match self {
            Self::Warned | Self::Summoned | Self::Questioned => (OnLiberty::Nothing, Reaches(Investigated)),
            Self::Detained => (OnLiberty::Is(Held), Reaches(Investigated)),
            Self::Released => (LetOut, Implies(Unknown)),
            Self::Remanded => (Ordered(Held), Reaches(Investigated)),
            // Who is still held, or moved, is held for what was told before: no new case begins with it. Nor does one with an
            // administrative arrest, which is no conviction and hides none.
            Self::StillHeld | Self::Transferred | Self::Extradited | Self::AdministrativeArrest => {
                (OnLiberty::Is(Held), Implies(Investigated))
            }
            Self::HouseArrest => (OnLiberty::Is(HouseArrest), Reaches(Investigated)),
            // People are barred from leaving without any case, too.
            Self::TravelBan => (OnLiberty::Is(Restricted), OnProceedings::Nothing),
            Self::RestrictionLifted => (Lifted, OnProceedings::Nothing),
            Self::Charged => (OnLiberty::Nothing, OnProceedings::Is(Charged)),
            Self::ChargesChanged => (OnLiberty::Nothing, Reaches(Charged)),
            Self::ChargesDropped => (OnLiberty::Nothing, Ends),
            Self::CaseSuspended | Self::AppealFiled | Self::ClemencyRequested => (OnLiberty::Nothing, Implies(Unknown)),
            Self::TrialOpened | Self::Retrial => (OnLiberty::Nothing, OnProceedings::Is(OnTrial)),
            Self::Convicted => (OnLiberty::Nothing, OnProceedings::Is(Convicted)),
            // A higher court that makes a verdict of guilt one of innocence acquits: that is another step.
            Self::Sentenced | Self::VerdictChanged => (Penalty, OnProceedings::Is(Convicted)),
            Self::ProbationRevoked => (Ordered(Held), OnProceedings::Is(Convicted)),
            Self::Acquitted => (OnLiberty::Nothing, OnProceedings::Is(Acquitted)),
            Self::VerdictUpheld => (OnLiberty::Nothing, Upholds),
            // Whether the case goes on is another step: a retrial, or charges that are dropped.
            Self::VerdictQuashed => (OnLiberty::Nothing, OnProceedings::Is(Unknown)),
            Self::Pardoned => (OnLiberty::Is(Free), Remits),
            Self::Fled => (OnLiberty::Is(Fugitive), Implies(Unknown)),
            Self::Escaped | Self::FreedByForce => (OnLiberty::Is(Fugitive), Implies(Investigated)),
            Self::Deported => (OnLiberty::Is(Free), OnProceedings::Nothing),
            Self::CitizenshipRevoked => (OnLiberty::Nothing, OnProceedings::Nothing),
            Self::SentenceServed => (OnLiberty::Is(Free), Implies(Unknown)),
            Self::DiedInCustody => (OnLiberty::Is(Dead), Implies(Investigated)),
        }
    }

    /// The served form, with what the step says where nothing else is known.
    pub fn detailed_term(self) -> Term {
        let (liberty, proceedings) = self.consequence();
        Term {
            liberty: liberty.after(LibertyStatus::Unknown, false, None),
            proceedings: proceedings.after(ProceedingsStatus::None),
            ..self.term()
        }
    }

    /// Where the step stands among others of one date, when nobody wrote them one after the other: measures and charges,
    /// trials and verdicts, appeals, what lets a person out, what takes a person away; within each, in the order of the
    /// codebook.
    pub fn usual_place(self) -> i16 {
        let stage = match self {
            Self::Released | Self::RestrictionLifted | Self::Pardoned | Self::SentenceServed => 300,
            Self::Fled
            | Self::Escaped
            | Self::FreedByForce
            | Self::Deported
            | Self::CitizenshipRevoked
            | Self::Extradited
            | Self::DiedInCustody => 400,
            Self::Retrial
            | Self::AppealFiled
            | Self::VerdictUpheld
            | Self::VerdictChanged
            | Self::VerdictQuashed
            | Self::ClemencyRequested => 200,
            Self::TrialOpened
            | Self::Convicted
            | Self::Sentenced
            | Self::AdministrativeArrest
            | Self::ProbationRevoked
            | Self::Acquitted => 100,
            _ => 0,
        };
        stage + self as i16
    }
}
