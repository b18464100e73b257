//! The parts of an incident: participants, figures, legal steps, sources, relations.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use tokio::try_join;
use utoipa::ToSchema;

use super::model::{Incident, IncidentRow};
use super::relations::{incoming, outgoing};
use crate::articles::ArticleRef;
use crate::codebook::{ClaimantClass, DatePrecision, LegalStepType, Measure, ParticipantRole, PenaltyKind, SourceRole};
use crate::db::by_owner;
use crate::db::schema::{articles, entities, figures, incident_tags, legal_steps, participants, sources};
use crate::entities::EntityRef;
use crate::http::auth::View;
use crate::values::{Amount, Charge, CurrencyCode, EntityId, IncidentId, Line, PenaltyUnit, Prose, Tag};

/// Somebody who had a part in an incident: an entity, or somebody whom a source does not name.
#[derive(Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = participants)]
pub struct Participant {
    /// The entity.
    #[diesel(embed)]
    pub entity: Option<EntityRef>,
    /// What the source calls them.
    pub label: Option<Line>,
    /// The part that they had.
    pub role: ParticipantRole,
    /// What else to know.
    pub note: Option<Prose>,
    /// The article that reports it.
    #[diesel(embed)]
    pub article: Option<ArticleRef>,
}

/// What was said to have been how many, and by whom. The bounds hold only what was said.
#[derive(Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = figures)]
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
    #[diesel(embed)]
    pub claimant: Option<EntityRef>,
    /// The article that reports it.
    #[diesel(embed)]
    pub article: Option<ArticleRef>,
}

/// The entities once more, for the authority of a legal step beside its person.
mod authority {
    diesel::alias!(crate::db::schema::entities as authorities: AuthoritiesAlias);
}
use authority::authorities;

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
#[derive(Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = sources)]
pub struct Source {
    /// The article.
    #[diesel(embed)]
    pub article: ArticleRef,
    /// What it does for the incident.
    pub role: SourceRole,
}

/// Incidents of their rows: the parts of all of them are fetched in one round trip.
pub(super) async fn complete(
    connection: &AsyncPgConnection,
    rows: Vec<IncidentRow>,
    view: &View,
) -> QueryResult<Vec<Incident>> {
    let ids: Vec<IncidentId> = rows.iter().map(|row| row.id).collect();
    let (tags, participants, figures, legal_steps, sources, outgoing, incoming) = try_join!(
        load_tags(connection, &ids),
        load_participants(connection, &ids, None),
        load_figures(connection, &ids, None),
        load_legal_steps(connection, &ids, None),
        load_sources(connection, &ids),
        outgoing(connection, &ids),
        incoming(connection, &ids, view),
    )?;
    let (mut tags, mut participants, mut figures) = (by_owner(tags), by_incident(participants), by_incident(figures));
    let (mut legal_steps, mut sources) = (by_incident(legal_steps), by_owner(sources));
    let mut relations = by_owner(outgoing.into_iter().chain(incoming).collect());
    Ok(rows
        .into_iter()
        .map(|row| Incident {
            tags: tags.remove(&row.id).unwrap_or_default(),
            participants: participants.remove(&row.id).unwrap_or_default(),
            figures: figures.remove(&row.id).unwrap_or_default(),
            legal_steps: legal_steps.remove(&row.id).unwrap_or_default(),
            sources: sources.remove(&row.id).unwrap_or_default(),
            relations: relations.remove(&row.id).unwrap_or_default(),
            row,
        })
        .collect())
}

/// Parts, each with the incident that it belongs to.
type Parts<T> = QueryResult<Vec<(IncidentId, T)>>;

/// Parts, each with the incident that it belongs to and its place in its list there.
type Placed<T> = QueryResult<Vec<((IncidentId, i16), T)>>;

fn by_incident<T>(parts: Vec<((IncidentId, i16), T)>) -> HashMap<IncidentId, Vec<T>> {
    by_owner(parts.into_iter().map(|((incident, _), part)| (incident, part)).collect())
}

async fn load_tags(mut connection: &AsyncPgConnection, ids: &[IncidentId]) -> Parts<Tag> {
    incident_tags::table
        .filter(incident_tags::incident_id.eq_any(ids))
        .order((incident_tags::incident_id, incident_tags::position))
        .select((incident_tags::incident_id, incident_tags::tag))
        .load(&mut connection)
        .await
}

/// The participants of incidents; all, or those that are one entity.
pub(crate) async fn load_participants(
    mut connection: &AsyncPgConnection,
    ids: &[IncidentId],
    entity: Option<EntityId>,
) -> Placed<Participant> {
    let mut query = participants::table
        .left_join(entities::table.on(participants::entity_id.eq(entities::id.nullable())))
        .left_join(articles::table.on(participants::article_id.eq(articles::id.nullable())))
        .filter(participants::incident_id.eq_any(ids))
        .order((participants::incident_id, participants::position))
        .select(((participants::incident_id, participants::position), Participant::as_select()))
        .into_boxed();
    if let Some(entity) = entity {
        query = query.filter(participants::entity_id.eq(entity));
    }
    query.load(&mut connection).await
}

/// The figures of incidents; all, or those that one entity claims.
pub(crate) async fn load_figures(
    mut connection: &AsyncPgConnection,
    ids: &[IncidentId],
    claimant: Option<EntityId>,
) -> Placed<Figure> {
    let mut query = figures::table
        .left_join(entities::table.on(figures::claimant_id.eq(entities::id.nullable())))
        .left_join(articles::table.on(figures::article_id.eq(articles::id.nullable())))
        .filter(figures::incident_id.eq_any(ids))
        .order((figures::incident_id, figures::position))
        .select(((figures::incident_id, figures::position), Figure::as_select()))
        .into_boxed();
    if let Some(claimant) = claimant {
        query = query.filter(figures::claimant_id.eq(claimant));
    }
    query.load(&mut connection).await
}

/// The legal steps of incidents; all, or those of one person.
pub(crate) async fn load_legal_steps(
    mut connection: &AsyncPgConnection,
    ids: &[IncidentId],
    person: Option<EntityId>,
) -> Placed<LegalStep> {
    type Row = (
        (IncidentId, i16),
        EntityRef,
        (LegalStepType, Option<NaiveDate>, DatePrecision, Option<Charge>, Option<Prose>),
        (Option<PenaltyKind>, Option<Amount>, Option<PenaltyUnit>, Option<bool>),
        Option<EntityRef>,
        Option<ArticleRef>,
    );
    let authority = authorities.fields((entities::id, entities::name, entities::kind));
    let mut query = legal_steps::table
        .inner_join(entities::table.on(entities::id.eq(legal_steps::entity_id)))
        .left_join(authorities.on(legal_steps::authority_id.eq(authorities.field(entities::id).nullable())))
        .left_join(articles::table.on(legal_steps::article_id.eq(articles::id.nullable())))
        .filter(legal_steps::incident_id.eq_any(ids))
        .order((legal_steps::incident_id, legal_steps::position))
        .select((
            (legal_steps::incident_id, legal_steps::position),
            EntityRef::as_select(),
            (legal_steps::step, legal_steps::date, legal_steps::date_precision, legal_steps::charge, legal_steps::note),
            (
                legal_steps::penalty_kind,
                legal_steps::penalty_amount,
                legal_steps::penalty_unit,
                legal_steps::penalty_suspended,
            ),
            authority.nullable(),
            Option::<ArticleRef>::as_select(),
        ))
        .into_boxed();
    if let Some(person) = person {
        query = query.filter(legal_steps::entity_id.eq(person));
    }
    let rows: Vec<Row> = query.load(&mut connection).await?;
    let step = |(place, entity, (step, date, date_precision, charge, note), penalty, authority, article): Row| {
        let (kind, amount, unit, suspended) = penalty;
        let penalty = kind.map(|kind| Penalty { kind, amount, unit, suspended: suspended.unwrap_or(false) });
        (place, LegalStep { entity, step, date, date_precision, authority, charge, penalty, note, article })
    };
    Ok(rows.into_iter().map(step).collect())
}

async fn load_sources(mut connection: &AsyncPgConnection, ids: &[IncidentId]) -> Parts<Source> {
    sources::table
        .inner_join(articles::table.on(articles::id.eq(sources::article_id)))
        .filter(sources::incident_id.eq_any(ids))
        .order((sources::incident_id, sources::position))
        .select((sources::incident_id, Source::as_select()))
        .load(&mut connection)
        .await
}
