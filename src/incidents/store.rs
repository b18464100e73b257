//! Storing incidents.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::new::NewIncident;
use crate::codebook::RecordState;
use crate::db::positioned;
use crate::db::schema::{
    figures, incident_entities, incident_relations, incident_tags, incidents, legal_steps, participants, sources,
};
use crate::history::Revision;
use crate::writing::{resolved, resolved_option};

impl NewIncident {
    /// Stores the incident in the transaction of the connection.
    ///
    /// # Errors
    /// The database refuses it.
    pub(super) async fn store_rows(
        &self,
        connection: &AsyncPgConnection,
        id: Uuid,
        revision: &Revision,
    ) -> QueryResult<()> {
        self.store_row(connection, id, revision).await?;
        self.store_tags(connection, id).await?;
        self.store_participants(connection, id).await?;
        self.store_figures(connection, id).await?;
        self.store_legal_steps(connection, id).await?;
        self.store_sources(connection, id).await?;
        self.store_relations(connection, id).await?;
        self.store_entities(connection, id).await?;
        Ok(())
    }

    async fn store_row(&self, mut connection: &AsyncPgConnection, id: Uuid, revision: &Revision) -> QueryResult<()> {
        let location = &self.location;
        let columns = (
            (
                incidents::version.eq(revision.version),
                incidents::updated_at.eq(revision.at),
                incidents::dataset.eq(&self.dataset),
                incidents::external_id.eq(self.external_id.as_ref()),
                incidents::state.eq(self.state),
                incidents::title.eq(&self.title),
                incidents::summary.eq(&self.summary),
                incidents::kind.eq(self.kind),
                incidents::effect.eq(self.effect.unwrap_or_else(|| self.kind.default_effect())),
                incidents::freedoms.eq(self.freedoms.as_deref().unwrap_or_default()),
                incidents::start_date.eq(self.start_date),
                incidents::end_date.eq(self.end_date),
                incidents::date_precision.eq(self.date_precision),
                incidents::date_wording.eq(self.date_wording.as_ref()),
            ),
            (
                incidents::country.eq(location.country),
                incidents::admin1.eq(location.admin1.as_ref()),
                incidents::place.eq(location.place.as_ref()),
                incidents::lat.eq(location.lat),
                incidents::lon.eq(location.lon),
                incidents::place_precision.eq(location.precision),
                incidents::verification.eq(self.verification),
                incidents::coding_method.eq(self.coding.method),
                incidents::codebook.eq(&self.coding.codebook),
                incidents::coding_note.eq(self.coding.note.as_ref()),
            ),
        );
        if revision.is_first() {
            let row = (incidents::id.eq(id), incidents::created_at.eq(revision.at), columns);
            diesel::insert_into(incidents::table).values(row).execute(&mut connection).await?;
            return Ok(());
        }
        diesel::update(incidents::table.find(id)).set(columns).execute(&mut connection).await?;
        diesel::delete(incident_tags::table.filter(incident_tags::incident_id.eq(id))).execute(&mut connection).await?;
        diesel::delete(participants::table.filter(participants::incident_id.eq(id))).execute(&mut connection).await?;
        diesel::delete(figures::table.filter(figures::incident_id.eq(id))).execute(&mut connection).await?;
        diesel::delete(legal_steps::table.filter(legal_steps::incident_id.eq(id))).execute(&mut connection).await?;
        diesel::delete(sources::table.filter(sources::incident_id.eq(id))).execute(&mut connection).await?;
        diesel::delete(incident_relations::table.filter(incident_relations::incident_id.eq(id)))
            .execute(&mut connection)
            .await?;
        diesel::delete(incident_entities::table.filter(incident_entities::incident_id.eq(id)))
            .execute(&mut connection)
            .await?;
        Ok(())
    }

    async fn store_tags(&self, mut connection: &AsyncPgConnection, id: Uuid) -> QueryResult<usize> {
        let row = |(position, tag)| {
            (incident_tags::incident_id.eq(id), incident_tags::position.eq(position), incident_tags::tag.eq(tag))
        };
        let rows: Vec<_> = positioned(&self.tags).map(row).collect();
        diesel::insert_into(incident_tags::table).values(rows).execute(&mut connection).await
    }

    async fn store_participants(&self, mut connection: &AsyncPgConnection, id: Uuid) -> QueryResult<usize> {
        let rows = positioned(&self.participants)
            .map(|(position, participant)| {
                Ok((
                    participants::incident_id.eq(id),
                    participants::position.eq(position),
                    participants::entity_id.eq(resolved_option(participant.entity.as_ref())?),
                    participants::label.eq(participant.label.as_ref()),
                    participants::role.eq(participant.role),
                    participants::note.eq(participant.note.as_ref()),
                    participants::article_id.eq(resolved_option(participant.article.as_ref())?),
                ))
            })
            .collect::<QueryResult<Vec<_>>>()?;
        diesel::insert_into(participants::table).values(rows).execute(&mut connection).await
    }

    async fn store_figures(&self, mut connection: &AsyncPgConnection, id: Uuid) -> QueryResult<usize> {
        let rows = positioned(&self.figures)
            .map(|(position, figure)| {
                Ok((
                    figures::incident_id.eq(id),
                    figures::position.eq(position),
                    figures::measure.eq(figure.measure),
                    figures::low.eq(figure.low),
                    figures::high.eq(figure.high),
                    figures::best.eq(figure.best),
                    figures::approximate.eq(figure.approximate),
                    figures::unit.eq(figure.unit.as_ref()),
                    figures::wording.eq(figure.wording.as_ref()),
                    figures::places.eq(&figure.places),
                    figures::claimant_class.eq(figure.claimant_class),
                    figures::claimant_id.eq(resolved_option(figure.claimant.as_ref())?),
                    figures::article_id.eq(resolved_option(figure.article.as_ref())?),
                ))
            })
            .collect::<QueryResult<Vec<_>>>()?;
        diesel::insert_into(figures::table).values(rows).execute(&mut connection).await
    }

    async fn store_legal_steps(&self, mut connection: &AsyncPgConnection, id: Uuid) -> QueryResult<usize> {
        let rows = positioned(&self.legal_steps)
            .map(|(position, step)| {
                let penalty = step.penalty.as_ref();
                Ok((
                    legal_steps::incident_id.eq(id),
                    legal_steps::position.eq(position),
                    legal_steps::entity_id.eq(resolved(&step.entity)?),
                    legal_steps::step.eq(step.step),
                    legal_steps::date.eq(step.date),
                    legal_steps::date_precision.eq(step.date_precision),
                    legal_steps::authority_id.eq(resolved_option(step.authority.as_ref())?),
                    legal_steps::charge.eq(step.charge.as_ref()),
                    legal_steps::penalty_kind.eq(penalty.map(|penalty| penalty.kind)),
                    legal_steps::penalty_amount.eq(penalty.and_then(|penalty| penalty.amount)),
                    legal_steps::penalty_unit.eq(penalty.and_then(|penalty| penalty.unit.as_ref())),
                    legal_steps::penalty_suspended.eq(penalty.map(|penalty| penalty.suspended)),
                    legal_steps::note.eq(step.note.as_ref()),
                    legal_steps::article_id.eq(resolved_option(step.article.as_ref())?),
                ))
            })
            .collect::<QueryResult<Vec<_>>>()?;
        diesel::insert_into(legal_steps::table).values(rows).execute(&mut connection).await
    }

    async fn store_sources(&self, mut connection: &AsyncPgConnection, id: Uuid) -> QueryResult<usize> {
        let rows = positioned(&self.sources)
            .map(|(position, source)| {
                Ok((
                    sources::incident_id.eq(id),
                    sources::position.eq(position),
                    sources::article_id.eq(resolved(&source.article)?),
                    sources::role.eq(source.role),
                ))
            })
            .collect::<QueryResult<Vec<_>>>()?;
        diesel::insert_into(sources::table).values(rows).execute(&mut connection).await
    }

    async fn store_relations(&self, mut connection: &AsyncPgConnection, id: Uuid) -> QueryResult<usize> {
        let rows = positioned(&self.relations)
            .map(|(position, relation)| {
                Ok((
                    incident_relations::incident_id.eq(id),
                    incident_relations::position.eq(position),
                    incident_relations::relation.eq(relation.relation),
                    incident_relations::target_id.eq(resolved(&relation.incident)?),
                ))
            })
            .collect::<QueryResult<Vec<_>>>()?;
        diesel::insert_into(incident_relations::table).values(rows).execute(&mut connection).await
    }

    /// Each entity that the incident concerns, once: participants, claimants and the persons of legal steps.
    async fn store_entities(&self, mut connection: &AsyncPgConnection, id: Uuid) -> QueryResult<usize> {
        let participants = self.participants.iter().filter_map(|participant| participant.entity.as_ref());
        let claimants = self.figures.iter().filter_map(|figure| figure.claimant.as_ref());
        let persons = self.legal_steps.iter().map(|step| &step.entity);
        let concerned =
            participants.chain(claimants).chain(persons).map(resolved).collect::<QueryResult<BTreeSet<Uuid>>>()?;
        let row = |entity| {
            (
                incident_entities::incident_id.eq(id),
                incident_entities::entity_id.eq(entity),
                incident_entities::dataset.eq(&self.dataset),
                incident_entities::published.eq(self.state == RecordState::Published),
            )
        };
        let rows: Vec<_> = concerned.into_iter().map(row).collect();
        diesel::insert_into(incident_entities::table).values(rows).execute(&mut connection).await
    }
}
