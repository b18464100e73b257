//! Currencies that ISO 4217 does not know. Every other code is a domain or a foreign key of the database.

use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use iso_currency::Currency;

use super::{Finding, broken};
use crate::http::problem::Problem;

const UNITS: &str = "
    SELECT 'incident', incident_id, 'figures/' || position, unit FROM figures WHERE unit IS NOT NULL
    UNION ALL SELECT 'incident', incident_id, 'legal_steps/' || position || '/penalty', penalty_unit FROM legal_steps
        WHERE penalty_unit ~ '^[A-Z]'";

#[derive(diesel::QueryableByName)]
struct Unit {
    #[diesel(sql_type = Text)]
    unit: String,
}

pub(super) async fn check(mut connection: &AsyncPgConnection) -> Result<Finding, Problem> {
    let units = format!("SELECT DISTINCT unit FROM ({UNITS}) AS used (type, id, member, unit)");
    let units: Vec<Unit> = diesel::sql_query(units).load(&mut connection).await?;
    let unknown: Vec<&str> =
        units.iter().map(|row| row.unit.as_str()).filter(|code| Currency::from_code(code).is_none()).collect();
    // The database takes three capitals and nothing else, so they can be quoted as they are.
    let unknown = unknown.join("', '");
    let query = format!(
        "SELECT type, id, member || ' has the unit ' || unit || ', which is no currency'
         FROM ({UNITS}) AS used (type, id, member, unit) WHERE unit IN ('{unknown}')"
    );
    let (count, faults) = broken(connection, &query).await?;
    Ok(Finding { rule: "codes", says: "every currency is one of ISO 4217", count, faults })
}
