//! Articles that may be the same: those at the same address, and those of nearly the same title.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Date, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::decisions::Decision;
use super::model::{alike, begin, likeliest, raised, same_numbers};
use crate::articles::ArticleRef;
use crate::history::{Lookup, RecordType};
use crate::names::score::rounded;
use crate::values::{ArticleId, Line, Url};

/// The least score of an article that is asked about.
const LEAST: f64 = 0.7;

/// What an article scores at least that stands at the same address.
const SAME_ADDRESS: f64 = 0.95;

/// What is left of the score where the titles hold other numbers.
const OTHER_NUMBERS: f64 = 0.7;

/// What is left of the score of an article of another publisher: outlets reprint each other.
const OTHER_PUBLISHER: f64 = 0.9;

/// What is left of the score of an article that came out more than a few days earlier or later.
const OTHER_DATE: f64 = 0.85;

/// How many days are a few.
const FEW_DAYS: i64 = 7;

/// How much of what it lacks an article gains of the same publisher, and of the same day.
const GAIN: f64 = 0.1;

/// The articles that may be the same as one.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarArticles {
    /// Those of which nothing is decided, the likeliest first.
    #[schema(max_items = 50)]
    pub data: Vec<SimilarArticle>,
    /// What is decided, the newest first.
    #[schema(max_items = 50)]
    pub decided: Vec<Decision>,
}

/// An article that may be the same as another one.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimilarArticle {
    /// The article.
    pub record: ArticleRef,
    /// How likely it is the same.
    #[schema(minimum = 0, maximum = 1, format = Double, example = 0.97)]
    pub score: f64,
    /// What the score is made of.
    pub features: ArticleFeatures,
}

/// What the score of an article is made of.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleFeatures {
    /// Whether it stands at the same address, whatever tells not one page from another left out; or is a copy of it.
    #[schema(example = true)]
    pub address: bool,
    /// How alike the titles are, in whatever script.
    #[schema(minimum = 0, maximum = 1, format = Double, example = 0.91)]
    pub title: f64,
    /// Whether it is of the same publisher, if both have one.
    #[schema(example = true)]
    pub publisher: Option<bool>,
    /// How many days lie between the two, if both have a date.
    #[schema(minimum = 0, maximum = 146_097, example = 0)]
    pub days: Option<i64>,
}

#[derive(QueryableByName)]
struct Own {
    #[diesel(sql_type = Text)]
    folded: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    publisher_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Date>)]
    published_on: Option<NaiveDate>,
}

#[derive(QueryableByName)]
struct Candidate {
    #[diesel(sql_type = SqlUuid)]
    id: ArticleId,
    #[diesel(sql_type = Text)]
    title: Line,
    #[diesel(sql_type = Nullable<Text>)]
    url: Option<Url>,
    #[diesel(sql_type = Bool)]
    same_address: bool,
    #[diesel(embed)]
    own: Own,
}

const OWN: &str = "
    SELECT article_titles.title AS folded, publisher_id, published_on
    FROM articles JOIN article_titles ON article_id = id WHERE id = $1";

/// Readies a transaction: titles that are less alike than this are not looked at.
const SETTINGS: &str = "SELECT set_config('pg_trgm.similarity_threshold', '0.6', true)";

const CANDIDATES: &str = "
    WITH found AS (
        (SELECT other.article_id AS id, true AS same_address
         FROM article_addresses own JOIN article_addresses other ON other.address = own.address
         WHERE own.article_id = $1 LIMIT 500)
        UNION ALL
        (SELECT article_id, false FROM article_titles WHERE title = $2 LIMIT 200)
        UNION ALL
        (SELECT article_id, false FROM (SELECT article_id, title FROM article_titles WHERE title % $2 LIMIT 1000) first
         ORDER BY similarity(title, $2) DESC, article_id LIMIT 200)
    ), each AS (SELECT id, bool_or(same_address) AS same_address FROM found GROUP BY id)
    SELECT id, articles.title, url, same_address, article_titles.title AS folded, publisher_id, published_on
    FROM each JOIN articles USING (id) JOIN article_titles ON article_id = id
    WHERE id <> $1 AND id <> ALL ($3) AND state IN ('published', 'draft')";

/// The articles that may be the same as one; in the read transaction of the connection.
///
/// # Errors
/// The database fails, or takes too long.
pub(super) async fn similar(
    mut connection: &AsyncPgConnection,
    id: Uuid,
    limit: usize,
) -> QueryResult<Lookup<SimilarArticles>> {
    let decided = match begin(connection, RecordType::Article, id).await? {
        Lookup::Found(decided) => decided,
        absent => return Ok(absent.without()),
    };
    diesel::sql_query(SETTINGS).execute(&mut connection).await?;
    let own: Option<Own> =
        diesel::sql_query(OWN).bind::<SqlUuid, _>(id).get_result(&mut connection).await.optional()?;
    // A server with older rules may just have written it.
    let Some(own) = own else {
        return Ok(Lookup::Found(SimilarArticles { data: Vec::new(), decided: decided.shown }));
    };
    let found: Vec<Candidate> = diesel::sql_query(CANDIDATES)
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(&own.folded)
        .bind::<Array<SqlUuid>, _>(&decided.ids)
        .load(&mut connection)
        .await?;
    let judged = found.into_iter().map(|other| judge(&own, other)).filter(|similar| similar.score >= LEAST);
    let data = likeliest(judged.collect(), limit, |similar| (similar.score, similar.record.id.into()));
    Ok(Lookup::Found(SimilarArticles { data, decided: decided.shown }))
}

fn judge(own: &Own, candidate: Candidate) -> SimilarArticle {
    let Candidate { id, title, url, same_address, own: other } = candidate;
    let publisher = own.publisher_id.zip(other.publisher_id).map(|(own, other)| own == other);
    let days = own.published_on.zip(other.published_on).map(|(own, other)| (own - other).num_days().abs());
    let alike = alike(&own.folded, &other.folded);
    let score = if same_address {
        raised(SAME_ADDRESS, alike)
    } else {
        let numbers = if same_numbers(&own.folded, &other.folded) { 1.0 } else { OTHER_NUMBERS };
        let of_publisher = |score: f64| match publisher {
            Some(true) => raised(score, GAIN),
            Some(false) => score * OTHER_PUBLISHER,
            None => score,
        };
        let of_date = |score: f64| match days {
            Some(0) => raised(score, GAIN),
            Some(days) if days > FEW_DAYS => score * OTHER_DATE,
            _ => score,
        };
        of_date(of_publisher(alike * numbers))
    };
    SimilarArticle {
        record: ArticleRef { id, title, url, published_on: other.published_on },
        score: rounded(score),
        features: ArticleFeatures { address: same_address, title: rounded(alike), publisher, days },
    }
}
