//! Points that do not lie in their country, by the boundaries of `OpenStreetMap`.

use std::sync::LazyLock;

use country_boundaries::{BOUNDARIES_ODBL_360X180, CountryBoundaries, LatLon};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::TryStreamExt;
use uuid::Uuid;

use super::{Fault, Finding, SHOWN};
use crate::codebook::{CountryCode, RecordState, Vocabulary};
use crate::db::schema::incidents;
use crate::http::problem::Problem;
use crate::values::{ExternalId, Slug};

static BOUNDARIES: LazyLock<CountryBoundaries> = LazyLock::new(|| {
    CountryBoundaries::from_reader(BOUNDARIES_ODBL_360X180).expect("the boundaries that the crate carries can be read")
});

type Row = (Uuid, Slug, Option<ExternalId>, Option<f64>, Option<f64>, Option<CountryCode>);

pub(super) async fn check(mut connection: &AsyncPgConnection) -> Result<Finding, Problem> {
    let columns =
        (incidents::id, incidents::dataset, incidents::external_id, incidents::lat, incidents::lon, incidents::country);
    let pinned = incidents::table
        .filter(incidents::state.eq(RecordState::Published))
        .filter(incidents::lat.is_not_null())
        .order((incidents::dataset, incidents::external_id, incidents::id))
        .select(columns);
    let mut rows = pinned.load_stream::<Row>(&mut connection).await?;
    let mut finding =
        Finding { rule: "borders", says: "every point lies in its country", count: 0, faults: Vec::new() };
    while let Some((id, dataset, external_id, lat, lon, country)) = rows.try_next().await? {
        let (Some(lat), Some(lon), Some(country)) = (lat, lon, country) else { continue };
        if lies_in(lat, lon, country) {
            continue;
        }
        finding.count += 1;
        if finding.count <= SHOWN {
            finding.faults.push(Fault {
                record_type: "incident".to_owned(),
                dataset: dataset.to_string(),
                external_id: external_id.map(|external_id| external_id.to_string()),
                id,
                detail: format!("the point {lat}, {lon} does not lie in {country}"),
            });
        }
    }
    Ok(finding)
}

fn lies_in(lat: f64, lon: f64, country: CountryCode) -> bool {
    LatLon::new(lat, lon).is_ok_and(|point| BOUNDARIES.is_in(point, country.code()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn towns_at_borders_lie_in_their_own_country() {
        let [kyrgyzstan, kazakhstan, uzbekistan] =
            ["KG", "KZ", "UZ"].map(|code| code.parse::<CountryCode>().expect("a country"));
        // Bishkek, 15 km from Kazakhstan; Aktau, on the Caspian shore; Osh, a few kilometres from Uzbekistan.
        for (lat, lon, country) in [(42.87, 74.59, kyrgyzstan), (43.66, 51.17, kazakhstan), (40.53, 72.80, kyrgyzstan)]
        {
            assert!(lies_in(lat, lon, country), "{lat} {lon}");
            assert!(!lies_in(lat, lon, uzbekistan), "{lat} {lon}");
        }
        // Sokh, a piece of Uzbekistan inside of Kyrgyzstan.
        assert!(lies_in(39.97, 71.13, uzbekistan) && !lies_in(39.97, 71.13, kyrgyzstan));
    }
}
