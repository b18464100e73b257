//! Datasets in the database.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::codebook::{CountryCode, DatasetAccess};
use crate::db::schema::datasets;
use crate::http::auth::View;
use crate::values::{Line, Prose, Slug, Url};

/// Where records come from, and on what terms they may be passed on.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = datasets)]
pub struct Dataset {
    /// The name by which records and callers refer to it.
    pub slug: Slug,
    /// What it is called.
    pub title: Line,
    /// What it holds and how it was made.
    pub description: Prose,
    /// The licence, by its SPDX identifier where it has one.
    pub licence: Line,
    /// The text of the licence.
    pub licence_url: Option<Url>,
    /// The words with which users must credit it.
    pub attribution: Line,
    /// Its own page.
    pub homepage: Option<Url>,
    /// Which edition is held here.
    pub edition: Option<Line>,
    /// Whether anybody may read it, or editors alone.
    pub access: DatasetAccess,
    /// What it covers.
    #[diesel(embed)]
    pub coverage: Coverage,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What a dataset covers.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    ToSchema,
    Queryable,
    Selectable,
    Insertable,
    AsChangeset,
)]
#[diesel(table_name = datasets, treat_none_as_null = true)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// The countries.
    #[serde(default)]
    #[schema(max_items = 249)]
    pub countries: Vec<CountryCode>,
    /// The first day.
    #[diesel(column_name = covers_from)]
    #[schema(example = "2012-10-01")]
    pub from: Option<NaiveDate>,
    /// The last day.
    #[diesel(column_name = covers_to)]
    #[schema(example = "2020-03-31")]
    pub to: Option<NaiveDate>,
    /// What else to know.
    #[diesel(column_name = coverage_note)]
    pub note: Option<Prose>,
}

/// The datasets that may be seen, by slug; or the one of a slug.
///
/// # Errors
/// The database fails.
pub(super) async fn load(
    connection: &mut AsyncPgConnection,
    view: &View,
    slug: Option<&Slug>,
) -> QueryResult<Vec<Dataset>> {
    let mut query = datasets::table.select(Dataset::as_select()).order(datasets::slug).into_boxed();
    if !view.internal {
        query = query.filter(datasets::access.eq(DatasetAccess::Public));
    }
    if let Some(slug) = slug {
        query = query.filter(datasets::slug.eq(slug));
    }
    query.load(connection).await
}

/// The datasets of these slugs, whoever may see them.
///
/// # Errors
/// The database fails.
pub(crate) async fn of_slugs(mut connection: &AsyncPgConnection, slugs: &[&Slug]) -> QueryResult<Vec<Dataset>> {
    datasets::table.filter(datasets::slug.eq_any(slugs)).select(Dataset::as_select()).load(&mut connection).await
}
