//! Creating and changing a dataset, each in the transaction of the connection.

use diesel_async::AsyncPgConnection;
use serde_json::Value;

use super::access;
use super::model::{self, Dataset};
use super::new::{NewDataset, without_read_only};
use super::store::lock;
use crate::codebook::ChangeReason;
use crate::history::Origin;
use crate::http::auth::View;
use crate::http::conditional::IfMatchTag;
use crate::http::fault::{Fault, FaultCode};
use crate::http::problem::Problem;
use crate::http::reply::entity_tag;
use crate::values::Slug;
use crate::writing::merge;
use crate::writing::schema::BodySchemas;

/// Creates a dataset.
///
/// # Errors
/// 422 with every fault of the body.
pub(super) async fn create(
    connection: &mut AsyncPgConnection,
    schemas: &BodySchemas,
    mut body: Value,
) -> Result<Dataset, Problem> {
    without_read_only(&mut body);
    let mut faults = Vec::new();
    if let Some(Ok(slug)) = body["slug"].as_str().map(str::parse)
        && find(connection, &slug).await?.is_some()
    {
        faults.push(taken(&slug));
    }
    let dataset = NewDataset::read(schemas, &body, faults)?;
    if !dataset.insert(connection, Origin::Api).await? {
        return Err(Problem::InvalidContent(vec![taken(&dataset.slug)]));
    }
    find(connection, &dataset.slug).await?.ok_or_else(|| unknown(&dataset.slug))
}

/// Changes a dataset by a merge patch (RFC 7396). A patch that changes nothing changes nothing.
///
/// # Errors
/// 404 if there is no such dataset, 409 if public records would refer to internal ones, 412 by `If-Match`, 422 with every
/// fault of the dataset as it would be.
pub(super) async fn change(
    connection: &mut AsyncPgConnection,
    schemas: &BodySchemas,
    slug: &Slug,
    mut patch: Value,
    if_match: &IfMatchTag,
    reason: ChangeReason,
) -> Result<Dataset, Problem> {
    let stored = lock(connection, slug).await?.ok_or_else(|| unknown(slug))?;
    if_match.allow("the dataset", &entity_tag(&bytes(&stored.shown)?, None))?;
    without_read_only(&mut patch);
    let mut content = serde_json::to_value(&stored.content).map_err(|error| Problem::Internal(error.to_string()))?;
    merge(&mut content, patch);
    let mut faults = Vec::new();
    if content["slug"].as_str().is_some_and(|given| given != slug.as_str()) {
        faults.push(Fault::body("/slug", FaultCode::InvalidValue, "a dataset keeps its slug"));
    }
    // The default is for new ones: nobody opens a dataset to everybody by clearing a member.
    if content.is_object() && content.get("access").is_none() {
        faults.push(Fault::body("/access", FaultCode::MissingMember, "must be said, not cleared"));
    }
    let dataset = NewDataset::read(schemas, &content, faults)?;
    if dataset.replace(connection, &stored.content, Origin::Api, reason).await? {
        access::refuse_exposed(connection, slug).await?;
    }
    find(connection, slug).await?.ok_or_else(|| unknown(slug))
}

/// What is answered of a dataset.
pub(super) fn bytes(dataset: &Dataset) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(dataset).map_err(|error| Problem::Internal(error.to_string()))
}

/// That there is none, or none for this caller.
pub(super) fn unknown(slug: &Slug) -> Problem {
    Problem::NotFound(format!("there is no dataset {slug}"))
}

fn taken(slug: &Slug) -> Fault {
    Fault::body("/slug", FaultCode::Duplicate, format!("there is a dataset {slug} already"))
}

async fn find(connection: &mut AsyncPgConnection, slug: &Slug) -> Result<Option<Dataset>, Problem> {
    Ok(model::load(connection, &View::of_editor(), Some(slug)).await?.pop())
}
