//! Which incidents, and in which order.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::codebook::{
    ClaimantClass, CountryCode, Effect, Freedom, LegalStepType, Measure, ParticipantRole, RecordState, Verification,
};
use crate::http::area::{BoundingBox, Circle, Degrees};
use crate::http::fault::{Fault, FaultCode};
use crate::http::listing::sort_orders;
use crate::http::parameters::{AnyOf, Day, Ids, KindOrCategory, Kinds, Moment, Whole, Words};
use crate::http::query::Parameters;
use crate::search::{SearchText, Wanted};
use crate::values::{ExternalId, Line, Slug, Tag};

/// Which incidents a list holds: those that fit every parameter that is given.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct IncidentFilter {
    /// Incidents of these ids; an id that was merged away stands for the record that took its place.
    #[param(value_type = Option<Vec<Uuid>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub id: Option<Ids>,
    /// Incidents of these kinds. A category, such as `assembly`, stands for all its kinds.
    #[param(value_type = Option<Vec<KindOrCategory>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub kind: Option<Kinds>,
    /// Incidents of other kinds than these.
    #[param(value_type = Option<Vec<KindOrCategory>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub kind_not: Option<Kinds>,
    /// Incidents with these effects on civic space.
    #[param(value_type = Option<Vec<Effect>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub effect: Option<AnyOf<Effect>>,
    /// Incidents in these countries.
    #[param(value_type = Option<Vec<CountryCode>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub country: Option<AnyOf<CountryCode>>,
    /// Incidents in other countries than these; those whose country is unknown are among them.
    #[param(value_type = Option<Vec<CountryCode>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub country_not: Option<AnyOf<CountryCode>>,
    /// Incidents in this first-order division, whatever the case of its letters.
    #[param(value_type = Option<Line>, inline, example = "Bishkek Shaary")]
    pub admin1: Option<Line>,
    /// Incidents at this place, whatever the case of its letters.
    #[param(value_type = Option<Line>, inline, example = "Bishkek")]
    pub place: Option<Line>,
    /// Incidents that lasted until this day or longer. One whose date is known less precisely fits if its period reaches
    /// the day; one whose date is unknown fits no date.
    #[param(value_type = Option<chrono::NaiveDate>, example = "2012-01-01")]
    pub date_from: Option<Day>,
    /// Incidents that began on this day or earlier.
    #[param(value_type = Option<chrono::NaiveDate>, example = "2020-12-31")]
    pub date_to: Option<Day>,
    /// Incidents in which any of these entities takes part, claims a figure or has a legal step. With `role`: in which it
    /// takes part in that role.
    #[param(value_type = Option<Vec<Uuid>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub entity: Option<Ids>,
    /// Incidents with a participant in any of these roles; with `entity`, those in which the entity has the role.
    #[param(value_type = Option<Vec<ParticipantRole>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub role: Option<AnyOf<ParticipantRole>>,
    /// Incidents of which any of these articles is a source.
    #[param(value_type = Option<Vec<Uuid>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub article: Option<Ids>,
    /// Incidents of these datasets.
    #[param(value_type = Option<Vec<Slug>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub dataset: Option<Words<Slug>>,
    /// Incidents with this id in their dataset.
    #[param(value_type = Option<ExternalId>, inline)]
    pub external_id: Option<ExternalId>,
    /// Incidents that touch any of these freedoms.
    #[param(value_type = Option<Vec<Freedom>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub freedom: Option<AnyOf<Freedom>>,
    /// Incidents with any of these tags.
    #[param(value_type = Option<Vec<Tag>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub tag: Option<Words<Tag>>,
    /// Incidents that are established this well.
    #[param(value_type = Option<Vec<Verification>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub verification: Option<AnyOf<Verification>>,
    /// Incidents with a figure of any of these measures.
    #[param(value_type = Option<Vec<Measure>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub measure: Option<AnyOf<Measure>>,
    /// Incidents with a figure of which somebody said that it is at least this. Needs `measure`.
    #[param(value_type = Option<i64>, format = Int64, minimum = 0, maximum = 1_000_000_000_000_000i64, example = 100)]
    pub min_figure: Option<Whole<0, 1_000_000_000_000_000>>,
    /// Incidents with any of these legal steps.
    #[param(value_type = Option<Vec<LegalStepType>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub step: Option<AnyOf<LegalStepType>>,
    /// Incidents with a figure that a claimant of these classes gave; with `measure`, a figure of that measure.
    #[param(value_type = Option<Vec<ClaimantClass>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub claimant_class: Option<AnyOf<ClaimantClass>>,
    /// Incidents whose point lies in a box: `minlon,minlat,maxlon,maxlat` in degrees. A box whose first number is above
    /// its third crosses the 180th meridian; latitudes are from -90 to 90.
    #[param(value_type = Option<Vec<Degrees>>, style = Form, explode = false, min_items = 4, max_items = 4, example = json!([69.0, 39.0, 81.0, 44.0]))]
    pub bbox: Option<BoundingBox>,
    /// Incidents whose point lies within a distance of another: `lon,lat,km`, in degrees and kilometres along the surface
    /// of the earth; the distance is from 0 to 20,000.
    #[param(value_type = Option<String>, max_length = 60, pattern = r"^-?(180(\.0+)?|(1[0-7][0-9]|[1-9]?[0-9])(\.[0-9]+)?),-?(90(\.0+)?|[1-8]?[0-9](\.[0-9]+)?),(20000(\.0+)?|(1[0-9]{4}|[1-9][0-9]{0,3}|0)(\.[0-9]+)?)$", example = "74.59,42.87,50")]
    pub near: Option<Circle>,
    /// Incidents that hold these words in their title, the names of places and of those who take part, and their summary, whatever the script and, in English and Russian, the ending.
    /// `"words in quotes"` stand together, `-word` excludes, `begin*` may go on. Words such as "the" say nothing and are passed
    /// over, as is whatever is neither letter nor digit; where nothing else is left, nothing is found.
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, pattern = r"^[^\u0000-\u001F\u007F]+$", example = "Japarov")]
    pub q: Option<SearchText>,
    /// Incidents whose current version was stored at this moment or later. To follow changes, `/v1/changes` is safer.
    #[param(value_type = Option<chrono::DateTime<chrono::Utc>>, example = "2024-01-01T00:00:00Z")]
    pub updated_since: Option<Moment>,
    /// Incidents in these states. Anything but `published` is for editors.
    #[param(value_type = Option<Vec<RecordState>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub state: Option<AnyOf<RecordState>>,
    /// What `q` asks for.
    #[serde(skip)]
    #[param(ignore)]
    pub(crate) wanted: Option<Wanted>,
}

impl IncidentFilter {
    /// The least figure that is asked for.
    pub(crate) fn least_figure(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "at most 10^15, where every integer is exact")]
        self.min_figure.map(|least| least.get() as f64)
    }
}

impl Parameters for IncidentFilter {
    fn conflicts(&self) -> Vec<Fault> {
        let mut faults = Day::out_of_order("date_from", self.date_from, "date_to", self.date_to);
        if self.min_figure.is_some() && self.measure.is_none() {
            faults.push(Fault::query("min_figure", FaultCode::Conflict, "needs `measure`, which says what is counted"));
        }
        faults
    }
}

sort_orders! {
    /// The orders of incidents; `-` is descending. Incidents without a date come last.
    IncidentSort of "incidents", default DateDown, searched Relevance {
        Date: "date", by "date_up", descending false, "Those that began first first.";
        DateDown: "-date", by "date_down", descending true, "Those that began last first.";
        Updated: "updated", by "updated_at", descending false, "Those changed longest ago first.";
        UpdatedDown: "-updated", by "updated_at", descending true, "Those changed last first.";
        Created: "created", by "created_at", descending false, "Those stored first first.";
        CreatedDown: "-created", by "created_at", descending true, "Those stored last first.";
        Relevance: "relevance", by "date_down", descending true, "Those that fit `q` best first, of equal ones the newest: the order of a search unless another is asked for. Without `q` all fit alike.";
    }
}
