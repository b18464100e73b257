//! Searching all three resources at once.

use std::cmp::Reverse;
use std::collections::HashMap;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use tokio::try_join;
use utoipa::ToSchema;
use uuid::Uuid;

use super::document::Searchable;
use super::handlers::{SearchFilter, SearchSort};
use super::highlight::Places;
use super::ranking::Hit;
use super::wanted::Wanted;
use crate::articles::Article;
use crate::articles::filter::ArticleFilter;
use crate::db::among::Among;
use crate::entities::Entity;
use crate::entities::filter::EntityFilter;
use crate::history::{self, RecordType};
use crate::http::auth::View;
use crate::http::cursor::Position;
use crate::http::listing::{PageRequest, Total};
use crate::http::parameters::Words;
use crate::incidents::Incident;
use crate::incidents::filter::IncidentFilter;
use crate::lists::{Listed, total};

/// A record that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchHit {
    /// Which resource it is.
    #[serde(rename = "type")]
    pub record_type: RecordType,
    /// How well it fits: 1 is best. An entity has the likeness of its name if that is 0.75 or more. Else 0.75 is for all words
    /// in the title, 0.5 for all words in the title and in names, 0.25 for all words anywhere.
    #[schema(minimum = 0, maximum = 1, example = 0.75)]
    pub score: f64,
    /// What was found, as HTML that is safe to show: the text is escaped, and what was looked for stands in `<mark>`.
    #[schema(
        max_length = 20_000,
        pattern = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]*$",
        example = "Sadyr <mark>Japarov</mark>"
    )]
    pub highlight: String,
    /// The record.
    pub record: FoundRecord,
}

/// A record of any resource.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum FoundRecord {
    /// An article.
    Article(Box<Article>),
    /// An entity.
    Entity(Box<Entity>),
    /// An incident.
    Incident(Box<Incident>),
}

/// How many records of each resource were found.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct SearchTotals {
    /// Articles; null if they were not looked for.
    pub articles: Option<Total>,
    /// Entities; null if they were not looked for.
    pub entities: Option<Total>,
    /// Incidents; null if they were not looked for.
    pub incidents: Option<Total>,
}

/// Looks in all resources for what a filter names: hits behind a position, one more than a page has, with the totals.
///
/// # Errors
/// The database fails.
pub(super) async fn search(
    connection: &AsyncPgConnection,
    filter: &SearchFilter,
    view: &View,
    page: &PageRequest<SearchSort>,
) -> QueryResult<(Vec<SearchHit>, Option<Position>, SearchTotals, i64)> {
    let wanted = Wanted::of(connection, &filter.q, view).await?.with_alike(connection, &filter.q, view).await?;
    let looked = Looked::of(filter, &wanted);
    let hits = best(connection, &looked, &wanted, view, page);
    let (hits, totals, revision) = try_join!(hits, totals(connection, &looked, view), history::revision(connection))?;
    let (hits, next) = page.cut(hits, |(hit, _)| hit.position());
    Ok((shown(connection, hits, &wanted, view).await?, next, totals, revision))
}

/// The filters of the resources that are looked in.
struct Looked {
    articles: Option<ArticleFilter>,
    entities: Option<EntityFilter>,
    incidents: Option<IncidentFilter>,
}

impl Looked {
    fn of(filter: &SearchFilter, wanted: &Wanted) -> Self {
        let types = filter.r#type.as_ref().map(Words::get);
        let is_asked = |of: RecordType| types.as_ref().is_none_or(|types| types.iter().any(|code| code == of.code()));
        macro_rules! filter {
            ($of:ident, $filter:ident) => {
                is_asked(RecordType::$of).then(|| $filter {
                    dataset: filter.dataset.clone(),
                    wanted: Some(wanted.clone()),
                    ..$filter::default()
                })
            };
        }
        Self {
            articles: filter!(Article, ArticleFilter),
            entities: filter!(Entity, EntityFilter),
            incidents: filter!(Incident, IncidentFilter),
        }
    }
}

/// The best hits of all resources, in one order.
async fn best(
    connection: &AsyncPgConnection,
    looked: &Looked,
    wanted: &Wanted,
    view: &View,
    page: &PageRequest<SearchSort>,
) -> QueryResult<Vec<(Hit, RecordType)>> {
    let (articles, entities, incidents) = try_join!(
        best_of::<Article>(connection, looked.articles.as_ref(), wanted, view, page),
        best_of::<Entity>(connection, looked.entities.as_ref(), wanted, view, page),
        best_of::<Incident>(connection, looked.incidents.as_ref(), wanted, view, page),
    )?;
    let mut hits: Vec<(Hit, RecordType)> = articles.into_iter().chain(entities).chain(incidents).collect();
    hits.sort_by_key(|hit| Reverse(*hit));
    Ok(hits)
}

/// The best hits of a resource, if it is looked in.
async fn best_of<R: Listed>(
    connection: &AsyncPgConnection,
    filter: Option<&R::Filter>,
    wanted: &Wanted,
    view: &View,
    page: &PageRequest<SearchSort>,
) -> QueryResult<Vec<(Hit, RecordType)>> {
    let Some(filter) = filter else { return Ok(Vec::new()) };
    let hits = R::best(connection, filter, wanted, view, page.after.as_ref(), page.limit + 1).await?;
    Ok(hits.into_iter().map(|hit| (hit, R::TYPE)).collect())
}

async fn totals(connection: &AsyncPgConnection, looked: &Looked, view: &View) -> QueryResult<SearchTotals> {
    let (articles, entities, incidents) = try_join!(
        total_of::<Article>(connection, looked.articles.as_ref(), view),
        total_of::<Entity>(connection, looked.entities.as_ref(), view),
        total_of::<Incident>(connection, looked.incidents.as_ref(), view),
    )?;
    Ok(SearchTotals { articles, entities, incidents })
}

/// How many records of a resource were found, if it is looked in.
async fn total_of<R: Listed>(
    connection: &AsyncPgConnection,
    filter: Option<&R::Filter>,
    view: &View,
) -> QueryResult<Option<Total>> {
    let Some(filter) = filter else { return Ok(None) };
    total::<R>(connection, filter, view).await.map(Some)
}

/// Hits with their records and where in them the words stand.
async fn shown(
    connection: &AsyncPgConnection,
    hits: Vec<(Hit, RecordType)>,
    wanted: &Wanted,
    view: &View,
) -> QueryResult<Vec<SearchHit>> {
    let ids = |of: RecordType| hits.iter().filter(|hit| hit.1 == of).map(|hit| hit.0.id).collect::<Vec<Uuid>>();
    macro_rules! records {
        ($of:ident) => {
            async {
                let ids = ids(RecordType::$of);
                let places = Places::of(connection, wanted, RecordType::$of, &ids);
                let (records, places) = try_join!($of::of_ids(connection, Among::each(&ids), view), places)?;
                Ok::<_, diesel::result::Error>(records.into_iter().map(move |record| {
                    let highlight = places.highlight(record.row.id.into(), &record.document(), wanted);
                    (Uuid::from(record.row.id), (highlight, FoundRecord::$of(Box::new(record))))
                }))
            }
        };
    }
    let (articles, entities, incidents) = try_join!(records!(Article), records!(Entity), records!(Incident))?;
    let mut records: HashMap<Uuid, (String, FoundRecord)> = articles.chain(entities).chain(incidents).collect();
    let shown = hits.iter().filter_map(|(hit, of)| {
        let (highlight, record) = records.remove(&hit.id)?;
        Some(SearchHit { record_type: *of, score: f64::from(hit.score) / 1000.0, highlight, record })
    });
    Ok(shown.collect())
}
