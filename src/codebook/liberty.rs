//! What keeps a person from being free, and what each legal step makes of it.
//!
//! Several grounds may bind at once: a sentence, an arrest within it, a travel ban from before. Each is remembered until a
//! step ends it, so that a release leads back to what still stands, and the longest term counts.

use chrono::NaiveDate;

use super::legal::{LibertyStatus, PenaltyKind};

/// What a step says of a person's liberty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnLiberty {
    /// Nothing.
    Nothing,
    /// The person is in custody from then on.
    Holds(Ground),
    /// The person is in custody still, on the grounds that are known.
    StillHolds,
    /// The person is confined to their home from then on, and no longer in custody.
    Confines,
    /// The person may not leave. It says nothing of who is held, confined or out of reach, and is remembered.
    Bans,
    /// A court ordered custody, which it can do in absence. That makes a fugitive of who is out of its reach.
    Orders(Ground),
    /// What the penalty says: custody, a restriction, or nothing.
    Sentences,
    /// The like, in the place of the sentence before.
    Resentences,
    /// Custody in the place of a sentence that was served at large.
    Revokes,
    /// Custody ended; restrictions stand. Where a person is who was out of reach, it does not say.
    Releases,
    /// One restriction ended. Who is held, or out of reach, is so still.
    Lifts,
    /// The sentence that was last set ended, and with it what led to it.
    Completes,
    /// All sentences ended, and with them what led to them.
    Remits,
    /// The person is out of reach of the authority that wants them.
    Flees,
    /// The person is abroad; whether free, it does not say.
    Expels,
    /// The person is dead.
    Dies,
}

/// Why somebody is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// Detention, until a court decides.
    Detention,
    /// A measure until the verdict: custody, or house arrest.
    Measure,
    /// A travel ban, with or without a case.
    Ban,
    /// Administrative arrest.
    Arrest,
    /// A sentence.
    Sentence,
}

/// What a step tells beside its type.
#[derive(Clone, Copy, Debug, Default)]
pub struct Details {
    /// The first day on which it may have been.
    pub day: Option<NaiveDate>,
    /// What was imposed, and whether it was suspended.
    pub penalty: Option<(PenaltyKind, bool)>,
    /// The last day of the term that was set.
    pub until: Option<NaiveDate>,
}

/// One thing that binds a person: in custody, at home, or at large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bond {
    form: LibertyStatus,
    ground: Ground,
    /// Its last day, where one was set.
    until: Option<NaiveDate>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Whereabouts {
    #[default]
    Unknown,
    Custody,
    AtLarge,
    Fugitive,
    Abroad,
    Dead,
}

/// Where a person is, and what binds them, in the order in which it was told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Liberty {
    whereabouts: Whereabouts,
    bonds: Vec<Bond>,
}

impl Bond {
    fn stands(self, day: Option<NaiveDate>) -> bool {
        !matches!((self.until, day), (Some(until), Some(day)) if until < day)
    }

    fn is_custody(self) -> bool {
        self.form == LibertyStatus::Held
    }

    /// A sentence takes the place of what was ordered until it, and an arrest that of the detention before it. Nothing else
    /// ends what binds already: neither another sentence nor an arrest within it.
    fn replaces(self, other: Self) -> bool {
        match self.ground {
            Ground::Sentence => matches!(other.ground, Ground::Detention | Ground::Measure),
            Ground::Arrest => other.ground == Ground::Detention,
            Ground::Detention | Ground::Measure | Ground::Ban => false,
        }
    }

    fn of_penalty((kind, suspended): (PenaltyKind, bool), until: Option<NaiveDate>) -> Option<Self> {
        let ground = if kind == PenaltyKind::AdministrativeArrest { Ground::Arrest } else { Ground::Sentence };
        Some(Self { form: kind.imposes(suspended)?, ground, until })
    }
}

impl Liberty {
    /// What is so on a day, if nothing more is told. A term that is over says nothing of what came after it.
    pub fn on(&self, day: Option<NaiveDate>) -> LibertyStatus {
        let stands = |form| self.bonds.iter().any(|bond| bond.form == form && bond.stands(day));
        match self.whereabouts {
            Whereabouts::Dead => LibertyStatus::Dead,
            Whereabouts::Fugitive => LibertyStatus::Fugitive,
            Whereabouts::Custody if stands(LibertyStatus::Held) => LibertyStatus::Held,
            Whereabouts::Custody | Whereabouts::Unknown | Whereabouts::Abroad => LibertyStatus::Unknown,
            Whereabouts::AtLarge => match self.bonds.iter().filter(|bond| !bond.is_custody()).map(|b| b.form).min() {
                None => LibertyStatus::Free,
                Some(form) if stands(form) => form,
                Some(_) => LibertyStatus::Unknown,
            },
        }
    }

    /// What is so after a step, and whether the step says it.
    pub fn follow(&mut self, said: OnLiberty, details: Details) -> bool {
        let Details { day, penalty, until } = details;
        if self.whereabouts == Whereabouts::Dead {
            return false;
        }
        self.lapse(day);
        let bond = |form, ground| Bond { form, ground, until };
        match said {
            OnLiberty::Nothing => return false,
            OnLiberty::Holds(ground) => self.hold(bond(LibertyStatus::Held, ground)),
            OnLiberty::StillHolds if self.is_bound_in_custody(day) => self.whereabouts = Whereabouts::Custody,
            OnLiberty::StillHolds => self.hold(bond(LibertyStatus::Held, Ground::Measure)),
            OnLiberty::Confines => {
                self.end(Bond::is_custody);
                self.bind(bond(LibertyStatus::HouseArrest, Ground::Measure));
                self.whereabouts = Whereabouts::AtLarge;
            }
            OnLiberty::Bans => {
                self.bind(bond(LibertyStatus::Restricted, Ground::Ban));
                return self.restrict(LibertyStatus::Restricted, day);
            }
            OnLiberty::Orders(ground) => return self.order(bond(LibertyStatus::Held, ground), day),
            OnLiberty::Revokes => {
                self.end(|bond| bond.ground == Ground::Sentence && !bond.is_custody());
                return self.order(bond(LibertyStatus::Held, Ground::Sentence), day);
            }
            OnLiberty::Sentences | OnLiberty::Resentences => {
                let Some(bond) = penalty.and_then(|penalty| Bond::of_penalty(penalty, until)) else { return false };
                if said == OnLiberty::Resentences {
                    self.end(|before| before.ground == bond.ground);
                }
                return self.order(bond, day);
            }
            OnLiberty::Releases => {
                self.end(Bond::is_custody);
                self.whereabouts = if self.is_away() { Whereabouts::Unknown } else { Whereabouts::AtLarge };
            }
            OnLiberty::Lifts => {
                self.lift();
                // Custody of which no end was told may go on, also where its term is over.
                let may_be_held = self.bonds.iter().any(|bond| bond.is_custody());
                if self.whereabouts != Whereabouts::AtLarge && (self.is_away() || may_be_held) {
                    return false;
                }
                self.whereabouts = Whereabouts::AtLarge;
            }
            OnLiberty::Completes | OnLiberty::Remits => {
                self.complete(said == OnLiberty::Completes);
                if self.is_bound_in_custody(day) {
                    return false;
                }
                self.whereabouts = Whereabouts::AtLarge;
            }
            OnLiberty::Flees | OnLiberty::Expels => {
                self.end(Bond::is_custody);
                self.whereabouts = if said == OnLiberty::Flees { Whereabouts::Fugitive } else { Whereabouts::Abroad };
            }
            OnLiberty::Dies => self.whereabouts = Whereabouts::Dead,
        }
        true
    }

    /// What is so if it may be the one or the other: unknown where they differ. What binds in either is remembered.
    pub fn or(&mut self, other: &Self, day: Option<NaiveDate>) {
        let differs = self.on(day) != other.on(day);
        for bond in &other.bonds {
            if (differs || !bond.is_custody()) && !self.bonds.contains(bond) {
                self.remember(*bond);
            }
        }
        if differs {
            self.whereabouts = Whereabouts::Unknown;
        }
    }

    fn is_away(&self) -> bool {
        matches!(self.whereabouts, Whereabouts::Fugitive | Whereabouts::Abroad)
    }

    fn is_bound_in_custody(&self, day: Option<NaiveDate>) -> bool {
        self.bonds.iter().any(|bond| bond.is_custody() && bond.stands(day))
    }

    /// Forgets restrictions whose term is over. Where a person has been since is unknown.
    fn lapse(&mut self, day: Option<NaiveDate>) {
        if !self.is_away() && self.on(day) == LibertyStatus::Unknown {
            self.whereabouts = Whereabouts::Unknown;
        }
        self.end(|bond| !bond.is_custody() && !bond.stands(day));
    }

    fn end(&mut self, over: impl Fn(Bond) -> bool) {
        self.bonds.retain(|bond| !over(*bond));
    }

    fn bind(&mut self, bond: Bond) {
        self.end(|before| bond.replaces(before));
        self.remember(bond);
    }

    /// Of two that bind alike, the one that ends last counts.
    fn remember(&mut self, bond: Bond) {
        let alike = |other: Bond| (other.form, other.ground) == (bond.form, bond.ground);
        let before = self.bonds.iter().find(|other| alike(**other)).map_or(bond.until, |other| other.until);
        self.end(alike);
        self.bonds.push(Bond { until: before.zip(bond.until).map(|(one, other)| one.max(other)), ..bond });
    }

    fn hold(&mut self, bond: Bond) {
        self.bind(bond);
        self.whereabouts = Whereabouts::Custody;
    }

    /// A term does not begin while the person is out of reach; whoever is abroad is wanted only if to be confined.
    fn order(&mut self, bond: Bond, day: Option<NaiveDate>) -> bool {
        if self.is_away() {
            self.bind(Bond { until: None, ..bond });
            let wanted = self.whereabouts == Whereabouts::Fugitive || bond.form != LibertyStatus::Restricted;
            if wanted {
                self.whereabouts = Whereabouts::Fugitive;
            }
            return wanted;
        }
        if bond.is_custody() {
            self.hold(bond);
            return true;
        }
        self.bind(bond);
        self.restrict(bond.form, day)
    }

    /// A new restriction shows that the person is at large, unless what binds harder is known.
    fn restrict(&mut self, form: LibertyStatus, day: Option<NaiveDate>) -> bool {
        let at_home = form == LibertyStatus::Restricted && self.on(day) == LibertyStatus::HouseArrest;
        if self.is_away() || self.is_bound_in_custody(day) || at_home {
            return false;
        }
        self.whereabouts = Whereabouts::AtLarge;
        true
    }

    /// Ends one restriction: house arrest, else a travel ban, else a sentence that is served at large.
    fn lift(&mut self) {
        let restrictions = self.bonds.iter().filter(|bond| !bond.is_custody());
        let hardest = restrictions.min_by_key(|bond| (bond.form, bond.ground != Ground::Ban)).copied();
        self.end(|bond| Some(bond) == hardest);
    }

    /// What was served is the sentence or the arrest that was last set; a pardon is of the sentence. If it was an arrest, all
    /// else goes on; if it was a sentence, a measure does, which was ordered after it and belongs to another case.
    fn complete(&mut self, served: bool) {
        let mut grounds = self.bonds.iter().rev().map(|bond| bond.ground);
        match grounds.find(|ground| *ground == Ground::Sentence || served && *ground == Ground::Arrest) {
            Some(Ground::Arrest) => self.end(|bond| matches!(bond.ground, Ground::Arrest | Ground::Detention)),
            Some(_) => self.end(|bond| bond.ground != Ground::Measure),
            None => self.bonds.clear(),
        }
    }
}
