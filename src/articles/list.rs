//! What lists of articles are made of.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::sql_types::{Date, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::filter::{ArticleFilter, ArticleSort};
use super::matching::{Listing, matching, order};
use super::model::{Article, ArticleRow, of_ids, with_parts};
use crate::codebook::RecordState;
use crate::db::among::Among;
use crate::db::schema::articles;
use crate::history::RecordType;
use crate::http::auth::View;
use crate::http::cursor::{Position, SortKey};
use crate::http::listing::Order;
use crate::http::parameters::{AnyOf, Ids};
use crate::lists::Listed;
use crate::search::Wanted;

impl Listed for Article {
    const TYPE: RecordType = RecordType::Article;
    type Filter = ArticleFilter;
    type Sort = ArticleSort;
    type Row = ArticleRow;
    type List<'a> = Listing<'a>;

    async fn resolve(connection: &AsyncPgConnection, filter: &mut ArticleFilter, view: &View) -> QueryResult<()> {
        Ids::resolve(connection, RecordType::Article, &mut filter.id).await?;
        Ids::resolve(connection, RecordType::Entity, &mut filter.publisher).await?;
        Ids::resolve(connection, RecordType::Entity, &mut filter.entity).await?;
        Ids::resolve(connection, RecordType::Incident, &mut filter.incident).await?;
        if let Some(text) = &filter.q {
            filter.wanted = Some(Wanted::of(connection, text, view).await?);
        }
        Ok(())
    }

    fn states(filter: &ArticleFilter) -> Option<&AnyOf<RecordState>> {
        filter.state.as_ref()
    }

    fn wanted(filter: &ArticleFilter) -> Option<&Wanted> {
        filter.wanted.as_ref()
    }

    fn matching<'a>(filter: &'a ArticleFilter, view: &'a View) -> Self::List<'a> {
        matching(filter, view)
    }

    fn order(filter: &ArticleFilter, sort: ArticleSort) -> Order {
        order(filter, sort)
    }

    fn position(row: &ArticleRow, sort: ArticleSort) -> Position {
        let key = match sort {
            ArticleSort::Published => SortKey::day_up(row.published_on),
            ArticleSort::PublishedDown | ArticleSort::Relevance => SortKey::day_down(row.published_on),
            ArticleSort::Updated | ArticleSort::UpdatedDown => SortKey::Moment(row.updated_at),
            ArticleSort::Created | ArticleSort::CreatedDown => SortKey::Moment(row.created_at),
        };
        Position(key, row.id.into())
    }

    fn days(list: Self::List<'_>) -> impl QueryFragment<Pg> + Query<SqlType = (Date, SqlUuid)> + QueryId + Send {
        list.select((articles::published_down, articles::id))
    }

    async fn rows(mut connection: &AsyncPgConnection, list: Self::List<'_>) -> QueryResult<Vec<ArticleRow>> {
        list.select(ArticleRow::as_select()).load(&mut connection).await
    }

    async fn whole(connection: &AsyncPgConnection, rows: Vec<ArticleRow>, view: &View) -> QueryResult<Vec<Article>> {
        with_parts(connection, rows, view).await
    }

    async fn of_ids(connection: &AsyncPgConnection, among: Among<'_>, view: &View) -> QueryResult<Vec<Article>> {
        of_ids(connection, among, view).await
    }

    fn row(&self) -> &ArticleRow {
        &self.row
    }
}
