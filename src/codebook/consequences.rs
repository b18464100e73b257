//! What each legal step says of a person: the one table from which a person's status is derived.
//!
//! Silence is never release. A step that says nothing of one of the two leaves it, and its date, as it was.

use super::legal::{LegalStepType, LibertyStatus, PenaltyKind, ProceedingsStatus};
use super::liberty::{Details, Ground, Liberty, OnLiberty};
use super::served::Term;
use super::vocabulary::Vocabulary;

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
    /// What the penalty says: a verdict of guilt, or only that there is some case.
    Sentences,
    /// The like, of a verdict that was known.
    Resentences,
    /// The verdict stands.
    Upholds,
    /// The case is over; a verdict that was given stands.
    Ends,
    /// The punishment is remitted: a verdict stands, a case without one is over.
    Remits,
}

impl OnProceedings {
    /// Where the case stands after the step; none if it says nothing.
    pub fn after(self, before: ProceedingsStatus, penalty: Option<PenaltyKind>) -> Option<ProceedingsStatus> {
        use ProceedingsStatus::{
            Acquitted, Charged, Closed, Convicted, Investigated, None as NoCase, OnTrial, Unknown,
        };
        match (self, before) {
            (Self::Sentences | Self::Resentences, _) => self.by_penalty(before, penalty),
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

    /// Prison, house arrest and probation follow a verdict of guilt. A fine, damages and a ban may be administrative, and an
    /// administrative arrest is: nobody is convicted by them.
    fn by_penalty(self, before: ProceedingsStatus, penalty: Option<PenaltyKind>) -> Option<ProceedingsStatus> {
        use ProceedingsStatus::{Convicted, Investigated, Unknown};
        let meant = match penalty {
            Some(PenaltyKind::Imprisonment | PenaltyKind::HouseArrest | PenaltyKind::Probation) => Self::Is(Convicted),
            Some(PenaltyKind::AdministrativeArrest) => Self::Implies(Investigated),
            Some(PenaltyKind::Fine | PenaltyKind::Damages | PenaltyKind::Ban) | None => match (self, before) {
                (Self::Resentences, Convicted) => Self::Is(Convicted),
                (Self::Resentences, _) => Self::Is(Unknown),
                _ => Self::Implies(Unknown),
            },
        };
        meant.after(before, None)
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
        use Ground::{Arrest, Detention, Measure};
        use OnLiberty::{
            Bans, Completes, Confines, Dies, Expels, Flees, Holds, Lifts, Nothing, Orders, Releases, Revokes,
            StillHolds,
        };
        use OnProceedings::{Ends, Implies, Is, Reaches, Upholds};
        use ProceedingsStatus::{Acquitted, Charged, Convicted, Investigated, OnTrial, Unknown};
        match self {
            Self::Warned | Self::Summoned | Self::Questioned => (Nothing, Reaches(Investigated)),
            Self::Detained => (Holds(Detention), Reaches(Investigated)),
            Self::Released => (Releases, Implies(Unknown)),
            Self::Remanded => (Orders(Measure), Reaches(Investigated)),
            // Who is still held, or moved, is held for what was told before: no new case begins with it. Nor does one with an
            // administrative arrest, which is no conviction and hides none.
            Self::StillHeld | Self::Transferred => (StillHolds, Implies(Investigated)),
            Self::Extradited => (Holds(Measure), Implies(Investigated)),
            Self::AdministrativeArrest => (Holds(Arrest), Implies(Investigated)),
            Self::HouseArrest => (Confines, Reaches(Investigated)),
            // People are barred from leaving without any case, too.
            Self::TravelBan => (Bans, OnProceedings::Nothing),
            Self::RestrictionLifted => (Lifts, OnProceedings::Nothing),
            Self::Charged => (Nothing, Is(Charged)),
            Self::ChargesChanged => (Nothing, Reaches(Charged)),
            Self::ChargesDropped => (Nothing, Ends),
            Self::CaseSuspended | Self::AppealFiled | Self::ClemencyRequested => (Nothing, Implies(Unknown)),
            Self::TrialOpened | Self::Retrial => (Nothing, Is(OnTrial)),
            Self::Convicted => (Nothing, Is(Convicted)),
            Self::Sentenced => (OnLiberty::Sentences, OnProceedings::Sentences),
            Self::VerdictChanged => (OnLiberty::Resentences, OnProceedings::Resentences),
            Self::ProbationRevoked => (Revokes, Is(Convicted)),
            Self::Acquitted => (Nothing, Is(Acquitted)),
            Self::VerdictUpheld => (Nothing, Upholds),
            // Whether the case goes on is another step: a retrial, or charges that are dropped.
            Self::VerdictQuashed => (Nothing, Is(Unknown)),
            Self::Pardoned => (OnLiberty::Remits, OnProceedings::Remits),
            Self::Fled => (Flees, Implies(Unknown)),
            Self::Escaped | Self::FreedByForce => (Flees, Implies(Investigated)),
            Self::Deported => (Expels, OnProceedings::Nothing),
            Self::CitizenshipRevoked => (Nothing, OnProceedings::Nothing),
            Self::SentenceServed => (Completes, Implies(Unknown)),
            Self::DiedInCustody => (Dies, Implies(Investigated)),
        }
    }

    /// The served form, with what the step says where nothing else is known.
    pub fn detailed_term(self) -> Term {
        let (on_liberty, on_proceedings) = self.consequence();
        let mut liberty = Liberty::default();
        let told = liberty.follow(on_liberty, Details::default());
        Term {
            liberty: told.then(|| liberty.on(None)),
            proceedings: on_proceedings.after(ProceedingsStatus::None, None),
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
