//! What is asked for.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::codebook::{CountryCode, EntityKind};
use crate::entities::Identifier;
use crate::values::Line;

/// Somebody or something that is looked for.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMatchQuery {
    /// The name, in any spelling; Latin and Cyrillic find one another.
    pub name: Line,
    /// What it is. Entities of another kind score 0.85 times as much; those of this kind gain a tenth of what they lack.
    pub kind: Option<EntityKind>,
    /// The country that it belongs to. Entities of another country score 0.95 times as much; those of this one gain a tenth
    /// of what they lack.
    pub country: Option<CountryCode>,
    /// What registers call it. An entity that has one of these scores 1, whatever its name.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub identifiers: Vec<Identifier>,
}

impl NewMatchQuery {
    /// Somebody or something of this name.
    pub fn named(name: Line) -> Self {
        Self { name, kind: None, country: None, identifiers: Vec::new() }
    }
}
