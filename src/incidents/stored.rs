//! The parts of incidents as they are stored: with the ids of the entities and articles that they name.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::parts::{Figure, LegalStep, Participant, Penalty, Source};
use super::refs::{Known, Named, Refs};
use crate::codebook::{ClaimantClass, DatePrecision, LegalStepType, Measure, ParticipantRole, PenaltyKind, SourceRole};
use crate::db::among::Among;
use crate::db::schema::{figures, incident_tags, legal_steps, participants, sources};
use crate::values::{Amount, ArticleId, Charge, CurrencyCode, EntityId, IncidentId, Line, PenaltyUnit, Prose, Tag};

/// The incident that a part belongs to, and its place in its list there.
pub(crate) type Place = (IncidentId, i16);

/// Parts, each with its place, in the order of the ids of the incidents and of the places.
pub(crate) type Placed<T> = Vec<(Place, T)>;

/// A part as it is stored.
pub(super) trait Stored {
    /// The part as it is shown.
    type Part;

    /// Adds what it names.
    fn names(&self, named: &mut Named);

    /// Shows what it names; none if that is not there.
    fn shown(self, refs: &Refs) -> Option<Self::Part>;
}

/// Adds what parts name.
pub(super) fn names<S: Stored>(parts: &[(Place, S)], named: &mut Named) {
    for (_, part) in parts {
        part.names(named);
    }
}

/// Shows what parts name.
///
/// # Errors
/// It is not there.
pub(super) fn shown<S: Stored>(parts: Placed<S>, refs: &Refs) -> QueryResult<Placed<S::Part>> {
    parts.into_iter().map(|(place, part)| Ok((place, part.shown(refs).ok_or(diesel::NotFound)?))).collect()
}

/// Looks up what parts name.
async fn looked_up<S: Stored>(
    connection: &AsyncPgConnection,
    parts: Placed<S>,
    known: Option<&Known>,
) -> QueryResult<Placed<S::Part>> {
    let mut named = Named::default();
    names(&parts, &mut named);
    shown(parts, &Refs::of(connection, named, known).await?)
}

/// What may be named, or not: outer none if it is named and not there.
#[expect(clippy::option_option, reason = "whether it is named, and whether it is there")]
fn optional<I, R>(id: Option<I>, find: impl FnOnce(I) -> Option<R>) -> Option<Option<R>> {
    match id {
        None => Some(None),
        Some(id) => find(id).map(Some),
    }
}

/// The participants of incidents; all, or those that are one entity.
pub(crate) async fn load_participants(
    connection: &AsyncPgConnection,
    among: Among<'_>,
    entity: Option<EntityId>,
    known: Option<&Known>,
) -> QueryResult<Placed<Participant>> {
    looked_up(connection, participants(connection, among, entity).await?, known).await
}

/// The figures of incidents; all, or those that one entity claims.
pub(crate) async fn load_figures(
    connection: &AsyncPgConnection,
    among: Among<'_>,
    claimant: Option<EntityId>,
    known: Option<&Known>,
) -> QueryResult<Placed<Figure>> {
    looked_up(connection, figures(connection, among, claimant).await?, known).await
}

/// The legal steps of incidents; all, or those of one person.
pub(crate) async fn load_legal_steps(
    connection: &AsyncPgConnection,
    among: Among<'_>,
    person: Option<EntityId>,
    known: Option<&Known>,
) -> QueryResult<Placed<LegalStep>> {
    looked_up(connection, legal_steps(connection, among, person).await?, known).await
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = participants)]
pub(super) struct StoredParticipant {
    entity_id: Option<EntityId>,
    label: Option<Line>,
    role: ParticipantRole,
    note: Option<Prose>,
    article_id: Option<ArticleId>,
}

impl Stored for StoredParticipant {
    type Part = Participant;

    fn names(&self, named: &mut Named) {
        named.entities.extend(self.entity_id);
        named.articles.extend(self.article_id);
    }

    fn shown(self, refs: &Refs) -> Option<Participant> {
        let Self { entity_id, label, role, note, article_id } = self;
        let entity = optional(entity_id, |id| refs.entity(id))?;
        Some(Participant { entity, label, role, note, article: optional(article_id, |id| refs.article(id))? })
    }
}

pub(super) async fn participants(
    mut connection: &AsyncPgConnection,
    among: Among<'_>,
    entity: Option<EntityId>,
) -> QueryResult<Placed<StoredParticipant>> {
    let place = (participants::incident_id, participants::position);
    let mut query = participants::table
        .filter(among.holds(participants::incident_id))
        .order(place)
        .select((place, StoredParticipant::as_select()))
        .into_boxed();
    if let Some(entity) = entity {
        query = query.filter(participants::entity_id.eq(entity));
    }
    query.load(&mut connection).await
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = figures)]
pub(super) struct StoredFigure {
    measure: Measure,
    low: Option<Amount>,
    high: Option<Amount>,
    best: Option<Amount>,
    approximate: bool,
    unit: Option<CurrencyCode>,
    wording: Option<Line>,
    places: Vec<Line>,
    claimant_class: ClaimantClass,
    claimant_id: Option<EntityId>,
    article_id: Option<ArticleId>,
}

impl Stored for StoredFigure {
    type Part = Figure;

    fn names(&self, named: &mut Named) {
        named.entities.extend(self.claimant_id);
        named.articles.extend(self.article_id);
    }

    fn shown(self, refs: &Refs) -> Option<Figure> {
        let Self {
            measure,
            low,
            high,
            best,
            approximate,
            unit,
            wording,
            places,
            claimant_class,
            claimant_id,
            article_id,
        } = self;
        let claimant = optional(claimant_id, |id| refs.entity(id))?;
        let article = optional(article_id, |id| refs.article(id))?;
        Some(Figure { measure, low, high, best, approximate, unit, wording, places, claimant_class, claimant, article })
    }
}

pub(super) async fn figures(
    mut connection: &AsyncPgConnection,
    among: Among<'_>,
    claimant: Option<EntityId>,
) -> QueryResult<Placed<StoredFigure>> {
    let place = (figures::incident_id, figures::position);
    let mut query = figures::table
        .filter(among.holds(figures::incident_id))
        .order(place)
        .select((place, StoredFigure::as_select()))
        .into_boxed();
    if let Some(claimant) = claimant {
        query = query.filter(figures::claimant_id.eq(claimant));
    }
    query.load(&mut connection).await
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = legal_steps)]
pub(super) struct StoredLegalStep {
    entity_id: EntityId,
    step: LegalStepType,
    date: Option<NaiveDate>,
    date_precision: DatePrecision,
    authority_id: Option<EntityId>,
    charge: Option<Charge>,
    penalty_kind: Option<PenaltyKind>,
    penalty_amount: Option<Amount>,
    penalty_unit: Option<PenaltyUnit>,
    penalty_suspended: Option<bool>,
    note: Option<Prose>,
    article_id: Option<ArticleId>,
}

impl Stored for StoredLegalStep {
    type Part = LegalStep;

    fn names(&self, named: &mut Named) {
        named.entities.push(self.entity_id);
        named.entities.extend(self.authority_id);
        named.articles.extend(self.article_id);
    }

    fn shown(self, refs: &Refs) -> Option<LegalStep> {
        let penalty = self.penalty_kind.map(|kind| Penalty {
            kind,
            amount: self.penalty_amount,
            unit: self.penalty_unit,
            suspended: self.penalty_suspended.unwrap_or(false),
        });
        Some(LegalStep {
            entity: refs.entity(self.entity_id)?,
            step: self.step,
            date: self.date,
            date_precision: self.date_precision,
            authority: optional(self.authority_id, |id| refs.entity(id))?,
            charge: self.charge,
            penalty,
            note: self.note,
            article: optional(self.article_id, |id| refs.article(id))?,
        })
    }
}

pub(super) async fn legal_steps(
    mut connection: &AsyncPgConnection,
    among: Among<'_>,
    person: Option<EntityId>,
) -> QueryResult<Placed<StoredLegalStep>> {
    let place = (legal_steps::incident_id, legal_steps::position);
    let mut query = legal_steps::table
        .filter(among.holds(legal_steps::incident_id))
        .order(place)
        .select((place, StoredLegalStep::as_select()))
        .into_boxed();
    if let Some(person) = person {
        query = query.filter(legal_steps::entity_id.eq(person));
    }
    query.load(&mut connection).await
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = sources)]
pub(super) struct StoredSource {
    article_id: ArticleId,
    role: SourceRole,
}

impl Stored for StoredSource {
    type Part = Source;

    fn names(&self, named: &mut Named) {
        named.articles.push(self.article_id);
    }

    fn shown(self, refs: &Refs) -> Option<Source> {
        Some(Source { article: refs.article(self.article_id)?, role: self.role })
    }
}

pub(super) async fn sources(mut connection: &AsyncPgConnection, among: Among<'_>) -> QueryResult<Placed<StoredSource>> {
    let place = (sources::incident_id, sources::position);
    let query = sources::table.filter(among.holds(sources::incident_id)).order(place);
    query.select((place, StoredSource::as_select())).load(&mut connection).await
}

pub(super) async fn tags(mut connection: &AsyncPgConnection, among: Among<'_>) -> QueryResult<Placed<Tag>> {
    let place = (incident_tags::incident_id, incident_tags::position);
    let query = incident_tags::table.filter(among.holds(incident_tags::incident_id)).order(place);
    query.select((place, incident_tags::tag)).load(&mut connection).await
}
