//! Numbers.

use diesel::deserialize::{self, FromSql};
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Double;
use serde::{Deserialize, Serialize, Serializer};

/// The largest amount that the API takes, and the largest integer below which every integer is exact.
const LARGEST: f64 = 1e15;

/// A number of people or things, a sum of money, a percentage: not negative, at most 10¹⁵, written without a fraction
/// where it has none.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    PartialOrd,
    Deserialize,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
    utoipa::ToSchema,
)]
#[serde(try_from = "f64")]
#[diesel(sql_type = Double)]
#[schema(value_type = f64, format = Double, minimum = 0, maximum = 1_000_000_000_000_000i64, example = 166)]
pub struct Amount(f64);

impl TryFrom<f64> for Amount {
    type Error = String;

    fn try_from(number: f64) -> Result<Self, String> {
        if (0.0..=LARGEST).contains(&number) {
            Ok(Self(number))
        } else {
            Err(format!("must be a number from 0 to 1000000000000000, not {number}"))
        }
    }
}

impl Amount {
    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_plainly(self.0, serializer)
    }
}

/// Writes a number without a fraction where it has none, as far as every integer is exact.
pub(crate) fn serialize_plainly<S: Serializer>(number: f64, serializer: S) -> Result<S::Ok, S::Error> {
    if number.fract() == 0.0 && number.abs() <= LARGEST {
        #[expect(clippy::cast_possible_truncation, reason = "at most 10^15, where every integer is exact")]
        serializer.serialize_i64(number as i64)
    } else {
        serializer.serialize_f64(number)
    }
}

impl ToSql<Double, Pg> for Amount {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <f64 as ToSql<Double, Pg>>::to_sql(&self.0, out)
    }
}

impl FromSql<Double, Pg> for Amount {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        <f64 as FromSql<Double, Pg>>::from_sql(bytes).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::Amount;

    #[test]
    fn a_whole_number_is_written_without_a_fraction() {
        let written =
            |number: f64| Amount::try_from(number).map(|amount| serde_json::to_string(&amount).unwrap_or_default());
        assert_eq!(written(166.0).as_deref(), Ok("166"));
        assert_eq!(written(79.2).as_deref(), Ok("79.2"));
        assert_eq!(written(1e15).as_deref(), Ok("1000000000000000"));
    }

    #[test]
    fn negative_and_huge_numbers_are_refused() {
        assert!(Amount::try_from(-1.0).is_err());
        assert!(Amount::try_from(1.1e15).is_err());
        assert!(Amount::try_from(f64::NAN).is_err());
    }
}
