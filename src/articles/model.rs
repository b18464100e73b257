//! Articles in the database.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use tokio::try_join;
use utoipa::ToSchema;
use uuid::Uuid;

use super::matching::with_publisher;
use crate::codebook::{DatePrecision, RecordState};
use crate::db::among::Among;
use crate::db::schema::{articles, entities, incidents, mentions, sources};
use crate::db::{by_owner, in_order};
use crate::entities::EntityRef;
use crate::history::{self, Lookup, RecordStatus, RecordType};
use crate::http::auth::View;
use crate::values::{ArticleBody, ArticleId, ExternalId, LanguageTag, Line, Prose, Slug, Url};

/// An article as other records show it.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = articles)]
pub struct ArticleRef {
    /// Its id.
    pub id: ArticleId,
    /// The headline.
    pub title: Line,
    /// Where it was published.
    pub url: Option<Url>,
    /// When it was published.
    pub published_on: Option<NaiveDate>,
}

/// What an article says of itself.
#[derive(Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = articles)]
pub struct ArticleRow {
    /// The id: a UUID, never used again.
    pub id: ArticleId,
    /// How often the record was written.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 1)]
    pub version: i32,
    /// The dataset that it belongs to.
    pub dataset: Slug,
    /// Its id within the dataset.
    pub external_id: Option<ExternalId>,
    /// Published, draft or retracted.
    pub state: RecordState,
    /// When it was first stored.
    pub created_at: DateTime<Utc>,
    /// When the current version was stored.
    pub updated_at: DateTime<Utc>,
    /// The headline.
    pub title: Line,
    /// Where it was published.
    pub url: Option<Url>,
    /// The entity that published it.
    #[diesel(embed)]
    pub publisher: Option<EntityRef>,
    /// Its authors, as the byline names them.
    #[schema(max_items = 50)]
    pub authors: Vec<Line>,
    /// The language that it is written in.
    pub language: LanguageTag,
    /// When it was published: the first day of the period that the precision names.
    #[schema(example = "2020-03-04")]
    pub published_on: Option<NaiveDate>,
    /// How precisely that is known.
    pub published_precision: DatePrecision,
    /// What it reports, in words of our own.
    pub summary: Prose,
    /// A stored copy of it.
    pub archived_url: Option<Url>,
}

/// An article: a report that incidents are coded from.
#[derive(Debug, Serialize, ToSchema)]
pub struct Article {
    /// What it says of itself.
    #[serde(flatten)]
    pub row: ArticleRow,
    /// Its text, which is under copyright: for an editor who reads this one article, null for anybody else.
    pub body: Option<ArticleBody>,
    /// The entities that it names, in the order in which they were written.
    #[schema(max_items = 500)]
    pub mentions: Vec<Mention>,
    /// How many published incidents it is a source of.
    #[schema(minimum = 0, maximum = 9_007_199_254_740_991i64, example = 28)]
    pub incident_count: i64,
}

/// An entity that an article names.
#[derive(Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = mentions)]
pub struct Mention {
    /// The entity.
    #[diesel(embed)]
    pub entity: EntityRef,
    /// How often it is named.
    #[schema(minimum = 1, maximum = 100_000, example = 3)]
    pub count: i32,
}

/// The articles of these ids, in their order and in whatever state.
///
/// # Errors
/// The database fails.
pub async fn of_ids(mut connection: &AsyncPgConnection, among: Among<'_>, view: &View) -> QueryResult<Vec<Article>> {
    let rows = with_publisher().filter(among.holds(articles::id)).select(ArticleRow::as_select());
    let rows = in_order(rows.load(&mut connection).await?, among.ids(), |row: &ArticleRow| row.id.into());
    completed(connection, rows, among, view).await
}

/// The article of an id as an editor sees it, in whatever state.
///
/// # Errors
/// The database fails, or there is no such article.
pub async fn show(mut connection: &AsyncPgConnection, id: ArticleId) -> QueryResult<Article> {
    let row =
        with_publisher().filter(articles::id.eq(id)).select(ArticleRow::as_select()).first(&mut connection).await?;
    let mut article = with_parts(connection, vec![row], &View::of_editor()).await?.pop().ok_or(diesel::NotFound)?;
    article.body = articles::table.find(id).select(articles::body).first(&mut connection).await?;
    Ok(article)
}

/// The article of an id, with its text if it is asked for.
///
/// # Errors
/// The database fails.
pub async fn find(
    mut connection: &AsyncPgConnection,
    id: ArticleId,
    view: &View,
    with_body: bool,
) -> QueryResult<Lookup<Article>> {
    let mut query = with_publisher().into_boxed().filter(articles::id.eq(id));
    if !view.hidden.is_empty() {
        query = query.filter(articles::dataset.ne_all(&view.hidden));
    }
    let columns = (ArticleRow::as_select(), articles::merged_into);
    let Some((row, merged_into)) =
        query.select(columns).first::<(ArticleRow, Option<Uuid>)>(&mut connection).await.optional()?
    else {
        return Ok(Lookup::Missing);
    };
    let status = RecordStatus { state: row.state, merged_into, version: row.version, updated_at: row.updated_at };
    if let Some(gone) = history::unavailable(connection, RecordType::Article, id.into(), &status, view).await? {
        return Ok(gone);
    }
    let mut found = with_parts(connection, vec![row], view).await?;
    let Some(mut article) = found.pop() else { return Ok(Lookup::Missing) };
    if with_body {
        article.body = articles::table.find(id).select(articles::body).first(&mut connection).await?;
    }
    Ok(Lookup::Found(article))
}

/// Articles of their rows.
pub(super) async fn with_parts(
    connection: &AsyncPgConnection,
    rows: Vec<ArticleRow>,
    view: &View,
) -> QueryResult<Vec<Article>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.into()).collect();
    completed(connection, rows, Among::each(&ids), view).await
}

/// Articles of their rows: mentions and counts of all of them are fetched in one round trip.
async fn completed(
    connection: &AsyncPgConnection,
    rows: Vec<ArticleRow>,
    among: Among<'_>,
    view: &View,
) -> QueryResult<Vec<Article>> {
    let (mut conn, mut counting) = (connection, connection);
    let mentions = mentions::table
        .inner_join(entities::table.on(entities::id.eq(mentions::entity_id)))
        .filter(among.holds(mentions::article_id))
        .order((mentions::article_id, mentions::position))
        .select((mentions::article_id, Mention::as_select()))
        .load::<(ArticleId, Mention)>(&mut conn);
    let mut counts = sources::table
        .inner_join(incidents::table.on(incidents::id.eq(sources::incident_id)))
        .filter(among.holds(sources::article_id))
        .filter(incidents::state.eq(RecordState::Published))
        .group_by(sources::article_id)
        .select((sources::article_id, diesel::dsl::count_star()))
        .into_boxed();
    if !view.hidden.is_empty() {
        counts = counts.filter(incidents::dataset.ne_all(&view.hidden));
    }
    let (mentions, counts) = try_join!(mentions, counts.load::<(ArticleId, i64)>(&mut counting))?;
    let mut mentions = by_owner(mentions);
    let counts: HashMap<ArticleId, i64> = counts.into_iter().collect();
    Ok(rows
        .into_iter()
        .map(|row| Article {
            body: None,
            mentions: mentions.remove(&row.id).unwrap_or_default(),
            incident_count: counts.get(&row.id).copied().unwrap_or(0),
            row,
        })
        .collect())
}
