//! Which entities, and in which order.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::codebook::Vocabulary;
use crate::codebook::{CountryCode, EntityKind, IdentifierScheme, RecordState};
use crate::http::listing::sort_orders;
use crate::http::parameters::{AnyOf, Ids, Moment, Words, not_among};
use crate::http::query::Parameters;
use crate::search::{SearchText, Wanted};
use crate::values::{ExternalId, Line, Slug};

/// Which entities a list holds: those that fit every parameter that is given.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EntityFilter {
    /// Entities of these ids; an id that was merged away stands for the record that took its place.
    #[param(value_type = Option<Vec<Uuid>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub id: Option<Ids>,
    /// Entities of these kinds.
    #[param(value_type = Option<Vec<EntityKind>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub kind: Option<AnyOf<EntityKind>>,
    /// Entities of other kinds than these.
    #[param(value_type = Option<Vec<EntityKind>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub kind_not: Option<AnyOf<EntityKind>>,
    /// Entities of these countries.
    #[param(value_type = Option<Vec<CountryCode>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub country: Option<AnyOf<CountryCode>>,
    /// Entities of other countries than these; those without a country are among them.
    #[param(value_type = Option<Vec<CountryCode>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub country_not: Option<AnyOf<CountryCode>>,
    /// Entities with this identifier of another register, as `scheme:value`.
    #[param(value_type = Option<String>, min_length = 3, max_length = 500, pattern = r"^(wikidata|opensanctions|isni|viaf|website|telegram|other):[^\u0000-\u001F\u007F]+$", example = "wikidata:Q1065")]
    pub identifier: Option<IdentifierParameter>,
    /// Entities of these datasets.
    #[param(value_type = Option<Vec<Slug>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub dataset: Option<Words<Slug>>,
    /// Entities with this id in their dataset.
    #[param(value_type = Option<ExternalId>, inline)]
    pub external_id: Option<ExternalId>,
    /// Entities that hold these words in their names and description, whatever the script and, in English and Russian, the ending.
    /// `"words in quotes"` stand together, `-word` excludes, `begin*` may go on. Words such as "the" say nothing and are passed
    /// over, as is whatever is neither letter nor digit; where nothing else is left, nothing is found.
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\u0000-\u001F\u007F]+$", example = "Japarov")]
    pub q: Option<SearchText>,
    /// Entities whose current version was stored at this moment or later. To follow changes, `/v1/changes` is safer.
    #[param(value_type = Option<chrono::DateTime<chrono::Utc>>, example = "2024-01-01T00:00:00Z")]
    pub updated_since: Option<Moment>,
    /// Entities in these states. Anything but `published` is for editors.
    #[param(value_type = Option<Vec<RecordState>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub state: Option<AnyOf<RecordState>>,
    /// What `q` asks for.
    #[serde(skip)]
    #[param(ignore)]
    pub(crate) wanted: Option<Wanted>,
}

impl Parameters for EntityFilter {}

/// An identifier in a query: the register and the value in it.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct IdentifierParameter {
    /// The register.
    pub scheme: IdentifierScheme,
    /// The identifier in it.
    pub value: Line,
}

impl TryFrom<String> for IdentifierParameter {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.chars().count() > 500 {
            return Err("has more than 500 characters".to_owned());
        }
        let (scheme, value) = text.split_once(':').ok_or("is written scheme:value, such as wikidata:Q1065")?;
        let schemes = IdentifierScheme::ALL.iter();
        let scheme = scheme.parse().map_err(|_unknown| not_among(scheme, schemes.map(|scheme| scheme.code())))?;
        Ok(Self { scheme, value: value.parse()? })
    }
}

sort_orders! {
    /// The orders of entities; `-` is descending. Names are compared by code point.
    EntitySort of "entities", default Name, searched Relevance {
        Name: "name", by "name", descending false, "By name.";
        NameDown: "-name", by "name", descending true, "By name, backwards.";
        Updated: "updated", by "updated_at", descending false, "Those changed longest ago first.";
        UpdatedDown: "-updated", by "updated_at", descending true, "Those changed last first.";
        Created: "created", by "created_at", descending false, "Those stored first first.";
        CreatedDown: "-created", by "created_at", descending true, "Those stored last first.";
        Relevance: "relevance", by "created_at", descending true, "Those that fit `q` best first: the order of a search unless another is asked for. Without `q` all fit alike, and those stored last are first.";
    }
}
