//! What must hold of the data beyond what the database itself enforces: references, sources, dates, places, names, history.
//!
//! Only published records are judged; drafts may be unfinished.

mod borders;
mod codes;
mod tallies;

use std::fmt;

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::db::Database;
use crate::http::problem::Problem;

/// How many faults of a rule are shown; all are counted.
const SHOWN: i64 = 20;

/// Begins each query of a rule: every record. References are in the view `links`.
const RECORDS: &str = include_str!("records.sql");

/// Rules that one query finds the faults of: name, what must hold, and the query, which answers type, id and fault.
const RULES: [(&str, &str, &str); 11] = [
    (
        "references",
        "every reference leads to a record that whoever reads it may read",
        include_str!("rules/references.sql"),
    ),
    ("sources", "every incident has a source, and every value names one", include_str!("rules/sources.sql")),
    (
        "orphans",
        "every entity is named by an article, an incident or another entity",
        include_str!("rules/orphans.sql"),
    ),
    ("names", "no two entities of a dataset share a name or an alias", include_str!("rules/names.sql")),
    ("claimants", "every figure says who claims it, in one way", include_str!("rules/claimants.sql")),
    (
        "horizon",
        "nothing lies after its sources or outside of its dataset's coverage",
        include_str!("rules/horizon.sql"),
    ),
    ("steps", "every legal step is a person's and falls into its incident", include_str!("rules/steps.sql")),
    ("places", "every place is as precise as it says", include_str!("rules/places.sql")),
    ("relations", "every relation is stored once", include_str!("rules/relations.sql")),
    ("derived", "what is counted is what the records say", include_str!("rules/derived.sql")),
    ("history", "every record is the last version of its history", include_str!("rules/history.sql")),
];

/// A record that breaks a rule, or a tally of records.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Fault {
    /// Article, entity or incident; or tally, which is told by what it is of in the place of an id.
    #[diesel(sql_type = Text)]
    pub record_type: String,
    /// Its dataset.
    #[diesel(sql_type = Text)]
    pub dataset: String,
    /// Its id within the dataset.
    #[diesel(sql_type = Nullable<Text>)]
    pub external_id: Option<String>,
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: uuid::Uuid,
    /// What is wrong.
    #[diesel(sql_type = Text)]
    pub detail: String,
}

/// What came of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's name.
    pub rule: &'static str,
    /// What must hold.
    pub says: &'static str,
    /// How many faults there are.
    pub count: i64,
    /// The first of them.
    pub faults: Vec<Fault>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<10} {:>6}  {}", self.rule, self.count, self.says)?;
        for Fault { record_type, dataset, external_id, id, detail } in &self.faults {
            let name = external_id.clone().unwrap_or_else(|| id.to_string());
            write!(f, "\n{:19}{record_type} {dataset}/{name}: {detail}", "")?;
        }
        let hidden = self.count - i64::try_from(self.faults.len()).unwrap_or_default();
        if hidden > 0 { write!(f, "\n{:19}and {hidden} more", "") } else { Ok(()) }
    }
}

/// Judges the data by every rule, in one state of the database.
///
/// # Errors
/// The database cannot be reached, or fails.
pub async fn check(database: &Database) -> Result<Vec<Finding>, Problem> {
    database
        .read(async |connection| {
            let mut findings = Vec::new();
            for (rule, says, query) in RULES {
                let (count, faults) = broken(connection, query).await?;
                findings.push(Finding { rule, says, count, faults });
            }
            findings.push(codes::check(connection).await?);
            findings.push(borders::check(connection).await?);
            findings.push(tallies::check(connection).await?);
            Ok(findings)
        })
        .await
}

#[derive(QueryableByName)]
struct Broken {
    #[diesel(embed)]
    fault: Fault,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many faults a query finds, and the first of them.
async fn broken(mut connection: &AsyncPgConnection, query: &str) -> Result<(i64, Vec<Fault>), Problem> {
    let query = format!(
        "{RECORDS}
         SELECT type AS record_type, dataset, external_id, id, detail, count(*) OVER () AS count
         FROM ({query}) AS fault (type, id, detail) JOIN records USING (type, id)
         WHERE state = 'published' ORDER BY type, dataset, external_id, id, detail LIMIT {SHOWN}"
    );
    let rows: Vec<Broken> = diesel::sql_query(query).load(&mut connection).await?;
    let count = rows.as_slice().first().map_or(0, |row| row.count);
    Ok((count, rows.into_iter().map(|row| row.fault).collect()))
}
