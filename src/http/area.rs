//! Areas of the map, as parameters of a query say them.

use serde::Deserialize;

use super::parameters::{short, split};

/// A longitude or latitude, as the document shows it.
#[derive(utoipa::ToSchema)]
#[schema(value_type = f64, format = Double, minimum = -180, maximum = 180, example = 74.59)]
#[expect(dead_code, reason = "says in the document what the numbers of a box are")]
pub struct Degrees(f64);

/// A box on the map.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct BoundingBox {
    /// The western edge, in degrees.
    pub min_lon: f64,
    /// The southern edge, in degrees.
    pub min_lat: f64,
    /// The eastern edge, in degrees; west of the western one when the box crosses the 180th meridian.
    pub max_lon: f64,
    /// The northern edge, in degrees.
    pub max_lat: f64,
}

impl TryFrom<String> for BoundingBox {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let numbers: Vec<f64> = split(&text, number)?;
        let [min_lon, min_lat, max_lon, max_lat] = numbers[..] else {
            return Err(format!("has {} numbers and must have four: minlon,minlat,maxlon,maxlat", numbers.len()));
        };
        if !(-180.0..=180.0).contains(&min_lon) || !(-180.0..=180.0).contains(&max_lon) {
            return Err("longitudes are from -180 to 180".to_owned());
        }
        if !(-90.0..=90.0).contains(&min_lat) || !(-90.0..=90.0).contains(&max_lat) {
            return Err("latitudes are from -90 to 90".to_owned());
        }
        if min_lat > max_lat {
            return Err("the second number, minlat, is above the fourth, maxlat".to_owned());
        }
        Ok(Self { min_lon, min_lat, max_lon, max_lat })
    }
}

/// A circle on the map.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Circle {
    /// The longitude of its centre, in degrees.
    pub lon: f64,
    /// The latitude of its centre, in degrees.
    pub lat: f64,
    /// Its radius along the surface of the earth, in kilometres.
    pub km: f64,
}

impl TryFrom<String> for Circle {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.len() > 60 {
            return Err("has more than 60 characters".to_owned());
        }
        let numbers: Vec<f64> = split(&text, decimal)?;
        let [lon, lat, km] = numbers[..] else {
            return Err(format!("has {} numbers and must have three: lon,lat,km", numbers.len()));
        };
        if !(-180.0..=180.0).contains(&lon) {
            return Err("the longitude is from -180 to 180".to_owned());
        }
        if !(-90.0..=90.0).contains(&lat) {
            return Err("the latitude is from -90 to 90".to_owned());
        }
        if !(0.0..=20_000.0).contains(&km) {
            return Err("the distance is from 0 to 20000 kilometres".to_owned());
        }
        Ok(Self { lon, lat, km })
    }
}

impl Circle {
    /// The box around it: what is in the circle is in the box.
    pub fn bounds(&self) -> BoundingBox {
        // The shortest degree of latitude on a sphere of the earth's mean radius, rounded down.
        let degrees = self.km / 111.19;
        let (min_lat, max_lat) = ((self.lat - degrees).max(-90.0), (self.lat + degrees).min(90.0));
        let reach = (degrees.to_radians().sin() / self.lat.to_radians().cos()).asin().to_degrees();
        // A circle around a pole, or half the earth wide, has every longitude.
        if degrees >= 90.0 || min_lat <= -90.0 || max_lat >= 90.0 || !reach.is_finite() {
            return BoundingBox { min_lon: -180.0, min_lat, max_lon: 180.0, max_lat };
        }
        let around = |lon: f64| (lon + 540.0).rem_euclid(360.0) - 180.0;
        let reach = reach + 0.001;
        BoundingBox { min_lon: around(self.lon - reach), min_lat, max_lon: around(self.lon + reach), max_lat }
    }
}

fn number(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(|| format!("`{}` is no number", short(text)))
}

/// A number as the pattern of a text has it: digits, and no exponent.
fn decimal(text: &str) -> Result<f64, String> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let plain = digits(whole) && digits(fraction) && (whole == "0" || !whole.starts_with('0'));
    if plain { number(text) } else { Err(format!("`{}` is no number such as 74.59", short(text))) }
}
