//! The parts of an incident: participants, figures, legal steps, sources, relations.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use tokio::try_join;
use utoipa::ToSchema;

use super::model::{Incident, IncidentRow};
use super::refs::{Known, Named, Refs};
use super::relations::{IncidentRelation, incoming, outgoing};
use super::stored::{self, Placed, names, shown};
use crate::articles::ArticleRef;
use crate::codebook::{ClaimantClass, DatePrecision, LegalStepType, Measure, ParticipantRole, PenaltyKind, SourceRole};
use crate::db::among::Among;
use crate::db::by_owner;
use crate::entities::EntityRef;
use crate::http::auth::View;
use crate::values::{Amount, Charge, CurrencyCode, IncidentId, Line, PenaltyUnit, Prose, Tag};

/// Somebody who had a part in an incident: an entity, or somebody whom a source does not name.
#[derive(Debug, Serialize, ToSchema)]
pub struct Participant {
    /// The entity.
    pub entity: Option<EntityRef>,
    /// What the source calls them.
    pub label: Option<Line>,
    /// The part that they had.
    pub role: ParticipantRole,
    /// What else to know.
    pub note: Option<Prose>,
    /// The article that reports it.
    pub article: Option<ArticleRef>,
}

/// What was said to have been how many, and by whom. The bounds hold only what was said.
#[derive(Debug, Serialize, ToSchema)]
pub struct Figure {
    /// What is counted.
    pub measure: Measure,
    /// The least that was said; null when no lower bound was.
    pub low: Option<Amount>,
    /// The most that was said; null when no upper bound was.
    pub high: Option<Amount>,
    /// The single number that a source gives beside its range.
    pub best: Option<Amount>,
    /// Whether it was said to be about so many.
    pub approximate: bool,
    /// The currency of an amount.
    pub unit: Option<CurrencyCode>,
    /// The words of the source.
    pub wording: Option<Line>,
    /// The places that the figure covers, where it is not the place of the incident.
    #[schema(max_items = 50)]
    pub places: Vec<Line>,
    /// What kind of claimant says so.
    pub claimant_class: ClaimantClass,
    /// The entity that says so.
    pub claimant: Option<EntityRef>,
    /// The article that reports it.
    pub article: Option<ArticleRef>,
}

/// What happened to a person at law.
#[derive(Debug, Serialize, ToSchema)]
pub struct LegalStep {
    /// The person.
    pub entity: EntityRef,
    /// What happened.
    pub step: LegalStepType,
    /// When: the first day of the period that the precision names.
    #[schema(example = "2017-03-25")]
    pub date: Option<NaiveDate>,
    /// How precisely that is known.
    pub date_precision: DatePrecision,
    /// The public body that did it.
    pub authority: Option<EntityRef>,
    /// What the person is accused of.
    pub charge: Option<Charge>,
    /// What was imposed.
    pub penalty: Option<Penalty>,
    /// What else to know.
    pub note: Option<Prose>,
    /// The article that reports it.
    pub article: Option<ArticleRef>,
}

/// What a sentence imposes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Penalty {
    /// What.
    pub kind: PenaltyKind,
    /// How much of it; null when the source does not say.
    pub amount: Option<Amount>,
    /// In which unit: `day`, `month`, `year`, or a currency.
    pub unit: Option<PenaltyUnit>,
    /// Whether it was suspended.
    #[serde(default)]
    pub suspended: bool,
}

/// An article that reports an incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct Source {
    /// The article.
    pub article: ArticleRef,
    /// What it does for the incident.
    pub role: SourceRole,
}

/// The parts of some incidents.
#[derive(Debug)]
pub(super) struct Parts {
    tags: HashMap<IncidentId, Vec<Tag>>,
    participants: HashMap<IncidentId, Vec<Participant>>,
    figures: HashMap<IncidentId, Vec<Figure>>,
    legal_steps: HashMap<IncidentId, Vec<LegalStep>>,
    sources: HashMap<IncidentId, Vec<Source>>,
    relations: HashMap<IncidentId, Vec<IncidentRelation>>,
}

impl Parts {
    /// Fetches the parts of all of them in one round trip, and in a second one what these name.
    pub(super) async fn of(
        connection: &AsyncPgConnection,
        among: Among<'_>,
        view: &View,
        known: Option<&Known>,
    ) -> QueryResult<Self> {
        let (tags, participants, figures, legal_steps, sources, outgoing, incoming) = try_join!(
            stored::tags(connection, among),
            stored::participants(connection, among, None),
            stored::figures(connection, among, None),
            stored::legal_steps(connection, among, None),
            stored::sources(connection, among),
            outgoing(connection, among),
            incoming(connection, among, view),
        )?;
        let mut named = Named::default();
        names(&participants, &mut named);
        names(&figures, &mut named);
        names(&legal_steps, &mut named);
        names(&sources, &mut named);
        let refs = Refs::of(connection, named, known).await?;
        Ok(Self {
            tags: by_incident(tags),
            participants: by_incident(shown(participants, &refs)?),
            figures: by_incident(shown(figures, &refs)?),
            legal_steps: by_incident(shown(legal_steps, &refs)?),
            sources: by_incident(shown(sources, &refs)?),
            relations: by_owner(outgoing.into_iter().chain(incoming)),
        })
    }

    /// The incident of a row, with its parts.
    pub(super) fn complete(&mut self, row: IncidentRow) -> Incident {
        let id = &row.id;
        Incident {
            tags: self.tags.remove(id).unwrap_or_default(),
            participants: self.participants.remove(id).unwrap_or_default(),
            figures: self.figures.remove(id).unwrap_or_default(),
            legal_steps: self.legal_steps.remove(id).unwrap_or_default(),
            sources: self.sources.remove(id).unwrap_or_default(),
            relations: self.relations.remove(id).unwrap_or_default(),
            row,
        }
    }
}

/// Incidents of their rows, with their parts.
pub(super) async fn complete(
    connection: &AsyncPgConnection,
    rows: Vec<IncidentRow>,
    view: &View,
) -> QueryResult<Vec<Incident>> {
    let ids: Vec<_> = rows.iter().map(|row| row.id.into()).collect();
    let mut parts = Parts::of(connection, Among::each(&ids), view, None).await?;
    Ok(rows.into_iter().map(|row| parts.complete(row)).collect())
}

fn by_incident<T>(parts: Placed<T>) -> HashMap<IncidentId, Vec<T>> {
    by_owner(parts.into_iter().map(|((incident, _), part)| (incident, part)))
}
