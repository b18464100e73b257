//! The likeliest pairs of a whole database, for the command line. A statement a resource, whatever its size: records are put
//! in orders that bring what is alike side by side, and each is compared with a few behind it.

use std::fmt;

use diesel::QueryableByName;
use diesel::sql_types::{BigInt, Nullable, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::Database;
use crate::history::RecordType;
use crate::http::problem::Problem;

/// How many pairs of a resource are shown; all are counted.
const SHOWN: i64 = 20;

/// The resources, how to say which pairs are found, and the query that answers `one_id, other_id, strength, reason`.
const RULES: [(RecordType, &str, &str); 3] = [
    (
        RecordType::Entity,
        "entities of one kind with one name or identifier, or people with names that sound the same",
        include_str!("entities.sql"),
    ),
    (
        RecordType::Article,
        "articles at one address, or of nearly one title, publisher and day",
        include_str!("articles.sql"),
    ),
    (
        RecordType::Incident,
        "incidents of one kind and place, on days that overlap, with a person or nearly the title in common",
        include_str!("incidents.sql"),
    ),
];

/// Two records that may be the same.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct Pair {
    /// The id of the one.
    #[diesel(sql_type = SqlUuid)]
    pub one_id: Uuid,
    /// The dataset of the one.
    #[diesel(sql_type = Text)]
    pub one_dataset: String,
    /// The id of the one within its dataset.
    #[diesel(sql_type = Nullable<Text>)]
    pub one_external_id: Option<String>,
    /// The id of the other.
    #[diesel(sql_type = SqlUuid)]
    pub other_id: Uuid,
    /// The dataset of the other.
    #[diesel(sql_type = Text)]
    pub other_dataset: String,
    /// The id of the other within its dataset.
    #[diesel(sql_type = Nullable<Text>)]
    pub other_external_id: Option<String>,
    /// What they have in common.
    #[diesel(sql_type = Text)]
    pub reason: String,
}

/// The pairs of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs {
    /// Which resource.
    pub record_type: RecordType,
    /// Which pairs are found.
    pub says: &'static str,
    /// How many pairs there are. Of very many that are alike, each is paired with twenty others.
    pub count: i64,
    /// The likeliest of them.
    pub pairs: Vec<Pair>,
}

impl fmt::Display for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<10} {:>6}  {}", self.record_type.plural(), self.count, self.says)?;
        let name = |dataset: &str, external_id: &Option<String>, id: Uuid| {
            format!("{dataset}/{}", external_id.clone().unwrap_or_else(|| id.to_string()))
        };
        for pair in &self.pairs {
            let one = name(&pair.one_dataset, &pair.one_external_id, pair.one_id);
            let other = name(&pair.other_dataset, &pair.other_external_id, pair.other_id);
            write!(f, "\n{:19}{one} and {other}: {}", "", pair.reason)?;
        }
        let hidden = self.count - i64::try_from(self.pairs.len()).unwrap_or_default();
        if hidden > 0 { write!(f, "\n{:19}and {hidden} more", "") } else { Ok(()) }
    }
}

/// The pairs that look like duplicates and of which nothing is decided, in one state of the database.
///
/// # Errors
/// The database cannot be reached, or fails.
pub async fn find(database: &Database) -> Result<Vec<Pairs>, Problem> {
    database
        .read(async |connection| {
            let mut found = Vec::new();
            for (record_type, says, query) in RULES {
                found.push(undecided(connection, record_type, says, query).await?);
            }
            Ok(found)
        })
        .await
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(embed)]
    pair: Pair,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// The pairs that a query finds, without those of which something was decided: of them or of what was merged into them.
async fn undecided(
    mut connection: &AsyncPgConnection,
    record_type: RecordType,
    says: &'static str,
    query: &str,
) -> Result<Pairs, Problem> {
    let table = record_type.plural();
    let query = format!(
        "WITH looks_alike AS ({query}), decided AS (
            SELECT coalesce(one.merged_into, one.id) AS one_id, coalesce(other.merged_into, other.id) AS other_id
            FROM duplicate_decisions JOIN {table} one ON one.id = one_id JOIN {table} other ON other.id = other_id
            WHERE record_type = '{record_type}')
         SELECT one.id AS one_id, one.dataset AS one_dataset, one.external_id AS one_external_id,
            other.id AS other_id, other.dataset AS other_dataset, other.external_id AS other_external_id,
            reason, count(*) OVER () AS count
         FROM (SELECT one_id, other_id, max(strength) AS strength, string_agg(DISTINCT reason, ', ' ORDER BY reason) AS reason
               FROM looks_alike GROUP BY one_id, other_id) pair
         JOIN {table} one ON one.id = one_id JOIN {table} other ON other.id = other_id
         WHERE NOT EXISTS (SELECT FROM decided WHERE least(decided.one_id, decided.other_id) = pair.one_id
            AND greatest(decided.one_id, decided.other_id) = pair.other_id)
         ORDER BY strength DESC, one.dataset, one.external_id, one.id, other.id LIMIT {SHOWN}"
    );
    let rows: Vec<Counted> = diesel::sql_query(query).load(&mut connection).await?;
    let count = rows.as_slice().first().map_or(0, |row| row.count);
    Ok(Pairs { record_type, says, count, pairs: rows.into_iter().map(|row| row.pair).collect() })
}
