//! Scoring: what speaks for two incidents being one, weighed by how much it tells.

use super::super::model::{alike, same_numbers};
use super::candidates::{Candidate, Compared};
use super::{IncidentFeatures, SimilarIncident};
use crate::codebook::PlacePrecision;
use crate::db::fragments::EARTH_RADIUS_KM;
use crate::incidents::IncidentRef;
use crate::names::fold;
use crate::names::score::rounded;

/// What titles, entities, place and days weigh, as far as they are known of both.
const WEIGHTS: [f64; 4] = [0.4, 0.3, 0.15, 0.15];

/// What is left of the score of another kind of the same category.
const OTHER_KIND: f64 = 0.85;

/// What is left of the score where the places are known to be two.
const OTHER_PLACE: f64 = 0.5;

/// What is left of the score where both concern people or others, and none in common.
const OTHER_ENTITIES: f64 = 0.7;

/// What is left of the likeness of titles that hold other numbers.
const OTHER_NUMBERS: f64 = 0.8;

/// Points that lie so near to each other are one place: gazetteers differ about where the middle of a town is.
const NEAR_KM: f64 = 5.0;

/// What another incident scores, and why.
pub(super) fn judge(own: &Compared, candidate: Candidate) -> SimilarIncident {
    let Candidate { compared: other, shared_people, shared_entities } = candidate;
    let kind = own.kind == other.kind;
    let title = alike_titles(own, &other);
    let entities = common_entities(own, &other, shared_people, shared_entities);
    let place = same_place(own, &other);
    let days = common_days(own, &other);
    let known = [Some(title), entities, place.map(|same| if same { 1.0 } else { 0.0 }), days];
    let weighed = known.into_iter().zip(WEIGHTS).filter_map(|(value, weight)| Some((value? * weight, weight)));
    let (sum, weights) = weighed.fold((0.0, 0.0), |(sum, all), (value, weight)| (sum + value, all + weight));
    let mut score = sum / weights;
    for (counts, factor) in
        [(!kind, OTHER_KIND), (place == Some(false), OTHER_PLACE), (entities == Some(0.0), OTHER_ENTITIES)]
    {
        if counts {
            score *= factor;
        }
    }
    SimilarIncident {
        record: IncidentRef { id: other.id, title: other.title, kind: other.kind, start_date: other.start_date },
        score: rounded(score),
        features: IncidentFeatures {
            kind,
            title: rounded(title),
            days: days.map(rounded),
            place,
            people: shared_people,
            entities: shared_entities,
        },
    }
}

fn alike_titles(own: &Compared, other: &Compared) -> f64 {
    let [own, other] = [own, other].map(|incident| fold::key(incident.title.as_str()));
    let numbers = if same_numbers(&own, &other) { 1.0 } else { OTHER_NUMBERS };
    alike(&own, &other) * numbers
}

/// How much of what both concern is common, people before all others: who was detained tells more than by whom.
#[expect(clippy::cast_precision_loss, reason = "an incident concerns some hundreds of entities at most")]
fn common_entities(own: &Compared, other: &Compared, people: i64, entities: i64) -> Option<f64> {
    let share =
        |shared: i64, own: i64, other: i64| (own > 0 && other > 0).then(|| shared as f64 / own.max(other) as f64);
    share(people, own.people, other.people).or_else(|| share(entities, own.entities, other.entities))
}

/// The days of both by the days of either.
#[expect(clippy::cast_precision_loss, reason = "some centuries at most")]
fn common_days(own: &Compared, other: &Compared) -> Option<f64> {
    let (start, end, other_start, other_end) = (own.start_date?, own.end_date?, other.start_date?, other.end_date?);
    let common = (end.min(other_end) - start.max(other_start)).num_days() + 1;
    let all = (end.max(other_end) - start.min(other_start)).num_days() + 1;
    Some(common.max(0) as f64 / all as f64)
}

/// Whether they happened in one place; `None` if that is not known of both.
fn same_place(own: &Compared, other: &Compared) -> Option<bool> {
    if let Some((one, another)) = own.country.zip(other.country)
        && one != another
    {
        return Some(false);
    }
    let (place, other_place) = (own.place.as_ref()?, other.place.as_ref()?);
    if fold::key(place.as_str()) == fold::key(other_place.as_str()) {
        return Some(true);
    }
    let points = pinned(own).zip(pinned(other));
    Some(points.is_some_and(|(one, another)| kilometres(one, another) <= NEAR_KM))
}

/// Where an incident happened, if that is known to the settlement.
fn pinned(incident: &Compared) -> Option<(f64, f64)> {
    let precise = [PlacePrecision::Exact, PlacePrecision::Locality, PlacePrecision::Settlement];
    incident.lat.zip(incident.lon).filter(|_| precise.contains(&incident.place_precision))
}

/// How far two points lie from each other, over the sphere.
fn kilometres((lat, lon): (f64, f64), (other_lat, other_lon): (f64, f64)) -> f64 {
    let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
    let across = lat.to_radians().cos() * other_lat.to_radians().cos() * half(other_lon - lon);
    2.0 * EARTH_RADIUS_KM * (half(other_lat - lat) + across).sqrt().min(1.0).asin()
}
