//! Tallies that do not say how many incidents there are.

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Fault, Finding, SHOWN};
use crate::http::problem::Problem;

/// The tallies beside what they must say, those that differ. Both sides are groups: none stands twice.
const WRONG: &str = "
    WITH told AS (
        SELECT dataset, country, kind, first_month, last_month, to_the_day, sum(count) AS count FROM incident_tallies
        GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(count) <> 0
    )
    SELECT dataset,
        concat(coalesce(nullif(country, ''), 'no country'), ', ', kind, ', ',
            CASE WHEN isfinite(first_month) THEN concat(to_char(first_month, 'YYYY-MM'), ' to ', to_char(last_month, 'YYYY-MM')) ELSE 'no date' END,
            CASE WHEN to_the_day THEN ', to the day' END) AS tally,
        concat('says ', coalesce(told.count, 0), ', and there are ', coalesce(tallied_incidents.count, 0)) AS detail,
        count(*) OVER () AS count
    FROM told FULL JOIN tallied_incidents USING (dataset, country, kind, first_month, last_month, to_the_day)
    WHERE told.count IS DISTINCT FROM tallied_incidents.count
    ORDER BY dataset, tally LIMIT $1";

#[derive(QueryableByName)]
struct Wrong {
    #[diesel(sql_type = Text)]
    dataset: String,
    #[diesel(sql_type = Text)]
    tally: String,
    #[diesel(sql_type = Text)]
    detail: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

pub(super) async fn check(mut connection: &AsyncPgConnection) -> Result<Finding, Problem> {
    let wrong: Vec<Wrong> = diesel::sql_query(WRONG).bind::<BigInt, _>(SHOWN).load(&mut connection).await?;
    let count = wrong.as_slice().first().map_or(0, |wrong| wrong.count);
    let fault = |Wrong { dataset, tally, detail, .. }: Wrong| Fault {
        record_type: "tally".to_owned(),
        dataset,
        external_id: Some(tally),
        id: Uuid::nil(),
        detail,
    };
    let faults = wrong.into_iter().map(fault).collect();
    Ok(Finding { rule: "tallies", says: "what is tallied is how many incidents there are", count, faults })
}
