//! Storing entities.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::names;
use super::new::NewEntity;
use crate::db::positioned;
use crate::db::schema::{aliases, entities, entity_names, entity_relations, identifiers};
use crate::history::Revision;
use crate::writing::{resolved, resolved_option};

impl NewEntity {
    /// Stores the entity in the transaction of the connection.
    ///
    /// # Errors
    /// The database refuses it.
    pub(super) async fn store_rows(
        &self,
        mut connection: &AsyncPgConnection,
        id: Uuid,
        revision: &Revision,
    ) -> QueryResult<()> {
        let columns = (
            entities::version.eq(revision.version),
            entities::updated_at.eq(revision.at),
            entities::dataset.eq(&self.dataset),
            entities::external_id.eq(self.external_id.as_ref()),
            entities::state.eq(self.state),
            entities::kind.eq(self.kind),
            entities::name.eq(&self.name),
            entities::description.eq(&self.description),
            entities::country.eq(self.country),
        );
        if revision.is_first() {
            let row = (entities::id.eq(id), entities::created_at.eq(revision.at), columns);
            diesel::insert_into(entities::table).values(row).execute(&mut connection).await?;
        } else {
            diesel::update(entities::table.find(id)).set(columns).execute(&mut connection).await?;
            diesel::delete(aliases::table.filter(aliases::entity_id.eq(id))).execute(&mut connection).await?;
            diesel::delete(entity_names::table.filter(entity_names::entity_id.eq(id))).execute(&mut connection).await?;
            diesel::delete(identifiers::table.filter(identifiers::entity_id.eq(id))).execute(&mut connection).await?;
            diesel::delete(entity_relations::table.filter(entity_relations::entity_id.eq(id)))
                .execute(&mut connection)
                .await?;
        }
        let rows: Vec<_> = positioned(&self.aliases)
            .map(|(position, alias)| {
                (
                    aliases::entity_id.eq(id),
                    aliases::position.eq(position),
                    aliases::name.eq(&alias.name),
                    aliases::language.eq(alias.language.as_ref()),
                )
            })
            .collect();
        diesel::insert_into(aliases::table).values(rows).execute(&mut connection).await?;
        let rows = names::rows(id, self.kind, &self.name, &self.aliases);
        diesel::insert_into(entity_names::table).values(rows).execute(&mut connection).await?;
        let rows: Vec<_> = positioned(&self.identifiers)
            .map(|(position, identifier)| {
                (
                    identifiers::entity_id.eq(id),
                    identifiers::position.eq(position),
                    identifiers::scheme.eq(identifier.scheme),
                    identifiers::value.eq(&identifier.value),
                )
            })
            .collect();
        diesel::insert_into(identifiers::table).values(rows).execute(&mut connection).await?;
        let rows = positioned(&self.relations)
            .map(|(position, relation)| {
                Ok((
                    entity_relations::entity_id.eq(id),
                    entity_relations::position.eq(position),
                    entity_relations::relation.eq(relation.relation),
                    entity_relations::target_id.eq(resolved(&relation.entity)?),
                    entity_relations::start_date.eq(relation.start_date),
                    entity_relations::end_date.eq(relation.end_date),
                    entity_relations::article_id.eq(resolved_option(relation.article.as_ref())?),
                ))
            })
            .collect::<QueryResult<Vec<_>>>()?;
        diesel::insert_into(entity_relations::table).values(rows).execute(&mut connection).await?;
        Ok(())
    }
}
