//! Storing articles.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::new::NewArticle;
use crate::db::positioned;
use crate::db::schema::{articles, mentions};
use crate::history::Revision;
use crate::writing::{resolved, resolved_option};

impl NewArticle {
    /// Stores the article in the transaction of the connection.
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
            articles::version.eq(revision.version),
            articles::updated_at.eq(revision.at),
            articles::dataset.eq(&self.dataset),
            articles::external_id.eq(self.external_id.as_ref()),
            articles::state.eq(self.state),
            articles::title.eq(&self.title),
            articles::url.eq(self.url.as_ref()),
            articles::publisher_id.eq(resolved_option(self.publisher.as_ref())?),
            articles::authors.eq(&self.authors),
            articles::language.eq(&self.language),
            articles::published_on.eq(self.published_on),
            articles::published_precision.eq(self.published_precision),
            articles::summary.eq(&self.summary),
            articles::body.eq(self.body.as_ref()),
            articles::archived_url.eq(self.archived_url.as_ref()),
        );
        if revision.is_first() {
            let row = (articles::id.eq(id), articles::created_at.eq(revision.at), columns);
            diesel::insert_into(articles::table).values(row).execute(&mut connection).await?;
        } else {
            diesel::update(articles::table.find(id)).set(columns).execute(&mut connection).await?;
            diesel::delete(mentions::table.filter(mentions::article_id.eq(id))).execute(&mut connection).await?;
        }
        let rows = positioned(&self.mentions)
            .map(|(position, mention)| {
                Ok((
                    mentions::article_id.eq(id),
                    mentions::position.eq(position),
                    mentions::entity_id.eq(resolved(&mention.entity)?),
                    mentions::count.eq(mention.count),
                ))
            })
            .collect::<QueryResult<Vec<_>>>()?;
        diesel::insert_into(mentions::table).values(rows).execute(&mut connection).await?;
        Ok(())
    }
}
