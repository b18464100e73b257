//! Datasets as they are written.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::model::Coverage;
use crate::codebook::DatasetAccess;
use crate::db::schema::datasets;
use crate::http::fault::Fault;
use crate::http::problem::Problem;
use crate::values::{Line, Prose, Slug, Url};
use crate::writing::Check;
use crate::writing::schema::{BodySchemas, typed};

/// A dataset as it is written: what reading gives, without when that was.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, Queryable, Selectable, Insertable, AsChangeset,
)]
#[diesel(table_name = datasets, primary_key(slug), treat_none_as_null = true)]
#[serde(deny_unknown_fields)]
pub struct NewDataset {
    /// The name by which records and callers refer to it. It never changes.
    pub slug: Slug,
    /// What it is called.
    pub title: Line,
    /// What it holds and how it was made.
    #[serde(default = "Prose::empty")]
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
    #[serde(default)]
    #[diesel(embed)]
    pub coverage: Coverage,
}

fn public() -> DatasetAccess {
    DatasetAccess::Public
}

impl NewDataset {
    /// The name of its schema in the document.
    pub(crate) const SCHEMA: &'static str = "NewDataset";

    /// A dataset out of a body that was checked by hand for `faults`.
    ///
    /// # Errors
    /// 422 with these and every fault of the body.
    pub(super) fn read(schemas: &BodySchemas, body: &Value, mut faults: Vec<Fault>) -> Result<Self, Problem> {
        faults.extend(schemas.faults(Self::SCHEMA, body, &[]));
        if !faults.is_empty() {
            return Err(Problem::InvalidContent(faults));
        }
        let dataset: Self = typed(body)?;
        let mut check = Check::default();
        dataset.check(&mut check);
        check.refuse()?;
        Ok(dataset)
    }

    /// Checks what concerns more than one member, and what a schema cannot say.
    pub fn check(&self, check: &mut Check) {
        let Coverage { countries, from, to, .. } = &self.coverage;
        check.once("/coverage/countries", countries);
        check.period("/coverage", ("from", *from), ("to", *to));
    }
}

/// What reading shows and writing ignores.
pub(super) fn without_read_only(body: &mut Value) {
    if let Some(members) = body.as_object_mut() {
        members.retain(|name, _| name != "created_at" && name != "updated_at");
    }
}
