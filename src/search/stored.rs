//! Keeping what records are searched by.

use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::document::Document;
use super::stems::Stems;
use crate::deriving::EDITION;
use crate::history::RecordType;

/// Stores what these records are searched by.
///
/// # Errors
/// The database fails.
pub(crate) async fn store(
    mut connection: &AsyncPgConnection,
    of: RecordType,
    documents: &[(Uuid, Document)],
) -> QueryResult<()> {
    if documents.is_empty() {
        return Ok(());
    }
    let words: Vec<String> = documents.iter().flat_map(|(_, document)| document.words()).collect();
    let stems = Stems::of(connection, words.iter().map(String::as_str)).await?;
    let (ids, texts): (Vec<Uuid>, Vec<String>) =
        documents.iter().map(|(id, document)| (*id, document.lexemes(&stems))).unzip();
    let query = format!(
        "INSERT INTO {of}_words AS stored ({of}_id, words, edition)
         SELECT id, text::tsvector, $3 FROM unnest($1, $2) AS document (id, text)
         ON CONFLICT ({of}_id) DO UPDATE SET words = EXCLUDED.words, edition = EXCLUDED.edition
            WHERE (stored.words, stored.edition) <> (EXCLUDED.words, EXCLUDED.edition)"
    );
    let query = diesel::sql_query(query)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Text>, _>(texts)
        .bind::<Integer, _>(EDITION);
    query.execute(&mut connection).await.map(drop)
}
