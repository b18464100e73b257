//! Articles as they are written.

use chrono::NaiveDate;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{self, Article};
use crate::codebook::{DatePrecision, RecordState};
use crate::db::among::Among;
use crate::duplicates;
use crate::history::{RecordType, Revision};
use crate::http::auth::View;
use crate::search::{self, Searchable};
use crate::values::{ArticleBody, ExternalId, LanguageTag, Line, Prose, RecordKey, Slug, Url};
use crate::writing::references::Pattern;
use crate::writing::{Check, NewRecord, published, unknown_date};

/// An article as it is written: what reading gives, without what is derived.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewArticle {
    /// The dataset that it belongs to.
    #[serde(default = "Slug::default_dataset")]
    pub dataset: Slug,
    /// Its id within the dataset.
    pub external_id: Option<ExternalId>,
    /// Published, or draft.
    #[serde(default = "published")]
    pub state: RecordState,
    /// The headline.
    pub title: Line,
    /// Where it was published.
    pub url: Option<Url>,
    /// The entity that published it.
    pub publisher: Option<RecordKey>,
    /// Its authors, as the byline names them.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub authors: Vec<Line>,
    /// The language that it is written in.
    pub language: LanguageTag,
    /// When it was published: the first day of the period that the precision names.
    #[schema(example = "2020-03-04")]
    pub published_on: Option<NaiveDate>,
    /// How precisely that is known.
    #[serde(default = "unknown_date")]
    pub published_precision: DatePrecision,
    /// What it reports, in words of one's own.
    #[serde(default = "Prose::empty")]
    pub summary: Prose,
    /// Its text.
    pub body: Option<ArticleBody>,
    /// A stored copy of it.
    pub archived_url: Option<Url>,
    /// The entities that it names.
    #[serde(default)]
    #[schema(max_items = 500)]
    pub mentions: Vec<NewMention>,
}

/// An entity that an article names.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMention {
    /// The entity.
    pub entity: RecordKey,
    /// How often it is named.
    #[serde(default = "once")]
    #[schema(minimum = 1, maximum = 100_000, example = 1)]
    pub count: i32,
}

fn once() -> i32 {
    1
}

impl NewRecord for NewArticle {
    const TYPE: RecordType = RecordType::Article;
    const SCHEMA: &'static str = "NewArticle";
    const REFERENCES: &'static [Pattern] =
        &[("/publisher", RecordType::Entity), ("/mentions/*/entity", RecordType::Entity)];

    const TAKEN_OVER: &'static [&'static str] = &["mentions"];

    type Shown = Article;

    async fn show(connection: &AsyncPgConnection, id: Uuid) -> QueryResult<(i32, Article)> {
        let article = model::show(connection, id.into()).await?;
        Ok((article.row.version, article))
    }

    fn state(&self) -> RecordState {
        self.state
    }

    fn key(&self) -> (&Slug, Option<&ExternalId>) {
        (&self.dataset, self.external_id.as_ref())
    }

    fn check(&self, check: &mut Check) {
        check.date("/published_on", self.published_on, self.published_precision);
        check.few("/authors", self.authors.len(), 50);
        check.few("/mentions", self.mentions.len(), 500);
        for (i, mention) in self.mentions.iter().enumerate() {
            check.that(
                (1..=100_000).contains(&mention.count),
                format!("/mentions/{i}/count"),
                "must be from 1 to 100000",
            );
        }
    }

    async fn store(&self, connection: &AsyncPgConnection, id: Uuid, revision: &Revision) -> QueryResult<()> {
        self.store_rows(connection, id, revision).await
    }

    async fn derive(connection: &AsyncPgConnection, ids: &[Uuid]) -> QueryResult<()> {
        let records = model::of_ids(connection, Among::each(ids), &View::of_editor()).await?;
        let documents: Vec<_> = records.iter().map(|record| (record.row.id.into(), record.document())).collect();
        duplicates::store_articles(connection, &records).await?;
        search::store(connection, Self::TYPE, &documents).await
    }
}
