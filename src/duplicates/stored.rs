//! Keeping what articles are found to be the same by.

use diesel::prelude::*;
use diesel::sql_types::{Array, SmallInt, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::address::canonical;
use crate::articles::Article;
use crate::names::fold;

/// Stores the addresses and the titles of articles in one spelling.
///
/// # Errors
/// The database fails.
pub(crate) async fn store_articles(mut connection: &AsyncPgConnection, articles: &[Article]) -> QueryResult<()> {
    const TITLES: &str = "
        INSERT INTO article_titles AS stored (article_id, title) SELECT * FROM unnest($1, $2)
        ON CONFLICT (article_id) DO UPDATE SET title = EXCLUDED.title WHERE stored.title <> EXCLUDED.title";
    const ADDRESSES: &str =
        "INSERT INTO article_addresses (article_id, position, address) SELECT * FROM unnest($1, $2, $3)";
    if articles.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = articles.iter().map(|article| article.row.id.into()).collect();
    let titles: Vec<String> = articles.iter().map(|article| fold::key(article.row.title.as_str())).collect();
    let (mut owners, mut positions, mut addresses): (Vec<Uuid>, Vec<i16>, Vec<String>) = Default::default();
    for (article, id) in articles.iter().zip(&ids) {
        let each = [&article.row.url, &article.row.archived_url];
        for (position, url) in (0..).zip(each).filter_map(|(position, url)| Some((position, url.as_ref()?))) {
            let address = canonical(url.as_str());
            // A copy of what stands there already says nothing new.
            if owners.last() != Some(id) || addresses.last() != Some(&address) {
                owners.push(*id);
                positions.push(position);
                addresses.push(address);
            }
        }
    }
    let delete = diesel::sql_query("DELETE FROM article_addresses WHERE article_id = ANY ($1)");
    delete.bind::<Array<SqlUuid>, _>(&ids).execute(&mut connection).await?;
    let insert = diesel::sql_query(ADDRESSES)
        .bind::<Array<SqlUuid>, _>(owners)
        .bind::<Array<SmallInt>, _>(positions)
        .bind::<Array<Text>, _>(addresses);
    insert.execute(&mut connection).await?;
    let insert = diesel::sql_query(TITLES).bind::<Array<SqlUuid>, _>(&ids).bind::<Array<Text>, _>(titles);
    insert.execute(&mut connection).await.map(drop)
}
