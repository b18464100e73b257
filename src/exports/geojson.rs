//! `GeoJSON` as of RFC 7946: a feature a record, at its point if it has one.

use serde::Serialize;

use super::columns::Column;
use super::objects::Object;
use super::{Format, columns_of};
use crate::http::problem::Problem;
use crate::incidents::Incident;
use crate::values::IncidentId;

/// The columns that are the geometry of a feature.
pub(super) const POINT: [&str; 2] = ["lat", "lon"];

/// Features with other columns as their properties.
pub(super) struct GeoJson {
    columns: Vec<&'static Column<Incident>>,
    is_first: bool,
}

impl GeoJson {
    /// With these columns as properties, or all but the point.
    pub(super) fn of(fields: Option<Vec<&'static str>>) -> Self {
        let mut columns = columns_of::<Incident>(fields);
        columns.retain(|column| !POINT.contains(&column.name));
        Self { columns, is_first: true }
    }
}

impl Format<Incident> for GeoJson {
    fn begin(&mut self, out: &mut Vec<u8>) -> Result<(), Problem> {
        out.extend_from_slice(b"{\"type\":\"FeatureCollection\",\"features\":[");
        Ok(())
    }

    fn rows(&mut self, rows: &[Incident], out: &mut Vec<u8>) -> Result<(), Problem> {
        for incident in rows {
            out.extend_from_slice(if self.is_first { b"\n" } else { b",\n" });
            self.is_first = false;
            let location = &incident.row.location;
            let feature = Feature {
                r#type: "Feature",
                id: incident.row.id,
                geometry: location
                    .lon
                    .zip(location.lat)
                    .map(|(lon, lat)| Point { r#type: "Point", coordinates: [lon, lat] }),
                properties: Object { columns: &self.columns, row: incident },
            };
            serde_json::to_writer(&mut *out, &feature).map_err(|error| Problem::Internal(error.to_string()))?;
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Problem> {
        out.extend_from_slice(b"\n]}\n");
        Ok(())
    }
}

#[derive(Serialize)]
struct Feature<'r> {
    r#type: &'static str,
    id: IncidentId,
    geometry: Option<Point>,
    properties: Object<'r, Incident>,
}

#[derive(Serialize)]
struct Point {
    r#type: &'static str,
    coordinates: [f64; 2],
}
