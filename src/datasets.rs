//! Datasets: where records come from, and on what terms they may be passed on.

use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::codebook::{CountryCode, DatasetAccess};
use crate::db::Database;
use crate::db::schema::datasets;
use crate::http::auth::{Caller, View};
use crate::http::problem::{Fault, FaultCode, Problem};
use crate::http::reply::Reply;
use crate::values::{Line, Prose, Slug, Url};
use crate::writing::Check;

/// Where records come from, and on what terms they may be passed on.
#[derive(Debug, Queryable, Selectable, Serialize, ToSchema)]
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
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Serialize, Deserialize, ToSchema)]
#[diesel(table_name = datasets)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// The countries.
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

/// A dataset as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = datasets)]
#[serde(deny_unknown_fields)]
pub struct NewDataset {
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
    #[serde(default = "public")]
    pub access: DatasetAccess,
    /// What it covers.
    #[diesel(embed)]
    pub coverage: Coverage,
}

fn public() -> DatasetAccess {
    DatasetAccess::Public
}

/// Every dataset that the caller may read.
#[derive(Debug, Serialize, ToSchema)]
pub struct DatasetList {
    /// The datasets, by slug.
    #[schema(max_items = 10_000)]
    pub data: Vec<Dataset>,
}

/// List datasets
///
/// Every dataset that the caller may read, by slug, with the terms on which its records may be passed on.
///
/// ```sh
/// curl http://127.0.0.1:8080/v1/datasets
/// ```
#[utoipa::path(tag = "datasets", responses((status = 200, description = "The datasets.", body = DatasetList)))]
#[get("/v1/datasets")]
pub(crate) async fn list_datasets(
    caller: Caller,
    database: web::Data<Database>,
) -> Result<Reply<DatasetList>, Problem> {
    let view = caller.view(None)?;
    let data = load(&mut *database.connection().await?, &view, None).await?;
    Ok(Reply::of(DatasetList { data }))
}

/// Get a dataset
///
/// What it holds, where it comes from, and on what terms its records may be passed on.
///
/// ```sh
/// curl http://127.0.0.1:8080/v1/datasets/central-asia
/// ```
#[utoipa::path(
    tag = "datasets",
    params(("slug" = Slug, Path, description = "The name of the dataset.", example = "central-asia")),
    responses(
        (status = 200, description = "The dataset.", body = Dataset),
        (status = 404, description = "There is no such dataset."),
    )
)]
#[get("/v1/datasets/{slug}")]
pub(crate) async fn get_dataset(
    request: HttpRequest,
    caller: Caller,
    slug: web::Path<String>,
    database: web::Data<Database>,
) -> Result<HttpResponse, Problem> {
    let view = caller.view(None)?;
    let slug: Slug = slug
        .parse()
        .map_err(|why| Problem::InvalidParameter(vec![Fault::path("slug", FaultCode::InvalidValue, why)]))?;
    let found = load(&mut *database.connection().await?, &view, Some(&slug)).await?.pop();
    let dataset = found.ok_or_else(|| Problem::NotFound(format!("there is no dataset {slug}")))?;
    Ok(Reply::of(dataset).respond_to(&request))
}

async fn load(connection: &mut AsyncPgConnection, view: &View, slug: Option<&Slug>) -> QueryResult<Vec<Dataset>> {
    let mut query = datasets::table.select(Dataset::as_select()).order(datasets::slug).into_boxed();
    if !view.internal {
        query = query.filter(datasets::access.eq(DatasetAccess::Public));
    }
    if let Some(slug) = slug {
        query = query.filter(datasets::slug.eq(slug));
    }
    query.load(connection).await
}

impl NewDataset {
    /// Stores the dataset, or this edition of one that is there. The same edition changes nothing.
    ///
    /// # Errors
    /// The database refuses it.
    pub async fn store(&self, connection: &mut AsyncPgConnection) -> QueryResult<()> {
        let known = datasets::table.find(&self.slug).select(Self::as_select()).first(connection).await.optional()?;
        let columns = (
            datasets::title.eq(&self.title),
            datasets::description.eq(&self.description),
            datasets::licence.eq(&self.licence),
            datasets::licence_url.eq(self.licence_url.as_ref()),
            datasets::attribution.eq(&self.attribution),
            datasets::homepage.eq(self.homepage.as_ref()),
            datasets::edition.eq(self.edition.as_ref()),
            datasets::access.eq(self.access),
            datasets::countries.eq(&self.coverage.countries),
            datasets::covers_from.eq(self.coverage.from),
            datasets::covers_to.eq(self.coverage.to),
            datasets::coverage_note.eq(self.coverage.note.as_ref()),
        );
        match known {
            None => {
                let row = (datasets::slug.eq(&self.slug), columns);
                diesel::insert_into(datasets::table).values(row).execute(connection).await?;
            }
            Some(known) if known != *self => {
                let row = (datasets::updated_at.eq(diesel::dsl::now), columns);
                diesel::update(datasets::table.find(&self.slug)).set(row).execute(connection).await?;
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Checks what concerns more than one member.
    pub fn check(&self, check: &mut Check) {
        let Coverage { countries, from, to, .. } = &self.coverage;
        check.once("/coverage/countries", countries);
        let in_order = !matches!((from, to), (Some(from), Some(to)) if from > to);
        check.that(in_order, "/coverage/to", "must not be before `from`");
    }
}
