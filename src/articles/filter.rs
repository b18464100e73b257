//! Which articles, and in which order.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::codebook::RecordState;
use crate::http::fault::Fault;
use crate::http::listing::sort_orders;
use crate::http::parameters::{AnyOf, Day, Ids, Moment, Words};
use crate::http::query::Parameters;
use crate::search::{SearchText, Wanted};
use crate::values::{ExternalId, LanguageTag, Slug, Url};

/// Which articles a list holds: those that fit every parameter that is given.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ArticleFilter {
    /// Articles of these ids; an id that was merged away stands for the record that took its place.
    #[param(value_type = Option<Vec<Uuid>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub id: Option<Ids>,
    /// Articles that these entities published.
    #[param(value_type = Option<Vec<Uuid>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub publisher: Option<Ids>,
    /// Articles in these languages: BCP 47 tags, exactly as the articles have them.
    #[param(value_type = Option<Vec<LanguageTag>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub language: Option<Words<LanguageTag>>,
    /// Articles published on this day or later. One whose day is known less precisely fits if its period reaches it.
    #[param(value_type = Option<chrono::NaiveDate>, example = "2020-01-01")]
    pub published_from: Option<Day>,
    /// Articles published on this day or earlier.
    #[param(value_type = Option<chrono::NaiveDate>, example = "2024-12-31")]
    pub published_to: Option<Day>,
    /// Articles that mention any of these entities.
    #[param(value_type = Option<Vec<Uuid>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub entity: Option<Ids>,
    /// Articles that are sources of any of these incidents.
    #[param(value_type = Option<Vec<Uuid>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub incident: Option<Ids>,
    /// Articles of these datasets.
    #[param(value_type = Option<Vec<Slug>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub dataset: Option<Words<Slug>>,
    /// Articles with this id in their dataset.
    #[param(value_type = Option<ExternalId>, inline)]
    pub external_id: Option<ExternalId>,
    /// Articles at this address, exactly.
    #[param(value_type = Option<Url>, inline)]
    pub url: Option<Url>,
    /// Articles that hold these words in their title, the names of authors, publishers and entities that they mention, and their summary, whatever the script and, in English and Russian, the ending.
    /// `"words in quotes"` stand together, `-word` excludes, `begin*` may go on. Words such as "the" say nothing and are passed
    /// over, as is whatever is neither letter nor digit; where nothing else is left, nothing is found.
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\u0000-\u001F\u007F]+$", example = "Japarov")]
    pub q: Option<SearchText>,
    /// Articles whose current version was stored at this moment or later. To follow changes, `/v1/changes` is safer.
    #[param(value_type = Option<chrono::DateTime<chrono::Utc>>, example = "2024-01-01T00:00:00Z")]
    pub updated_since: Option<Moment>,
    /// Articles in these states. Anything but `published` is for editors.
    #[param(value_type = Option<Vec<RecordState>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub state: Option<AnyOf<RecordState>>,
    /// What `q` asks for.
    #[serde(skip)]
    #[param(ignore)]
    pub(crate) wanted: Option<Wanted>,
}

impl Parameters for ArticleFilter {
    fn conflicts(&self) -> Vec<Fault> {
        Day::out_of_order("published_from", self.published_from, "published_to", self.published_to)
    }
}

sort_orders! {
    /// The orders of articles; `-` is descending. Articles without a date of publication come last.
    ArticleSort of "articles", default PublishedDown, searched Relevance {
        Published: "published", by "published_up", descending false, "The oldest first.";
        PublishedDown: "-published", by "published_down", descending true, "The newest first.";
        Updated: "updated", by "updated_at", descending false, "Those changed longest ago first.";
        UpdatedDown: "-updated", by "updated_at", descending true, "Those changed last first.";
        Created: "created", by "created_at", descending false, "Those stored first first.";
        CreatedDown: "-created", by "created_at", descending true, "Those stored last first.";
        Relevance: "relevance", by "published_down", descending true, "Those that fit `q` best first, of equal ones the newest: the order of a search unless another is asked for. Without `q` all fit alike.";
    }
}
