//! What a feed is made of.

use atom_syndication::{Entry, Feed, Generator, Link, Person, Text};
use chrono::{DateTime, FixedOffset, Utc};
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use super::request::FeedRequest;
use super::web_address::{Site, elsewhere};
use crate::datasets::{self, Dataset};
use crate::http::auth::View;
use crate::http::cursor::CursorSecret;
use crate::http::listing::Found;
use crate::http::problem::Problem;
use crate::lists::{self, Listed};
use crate::values::Slug;

/// The media type of a feed.
pub(super) const ATOM: &str = "application/atom+xml";

/// How many characters of the filters the title of a feed tells.
const FILTERS_TOLD: usize = 200;

/// A record that is an entry of a feed.
pub(super) trait Syndicated: Listed {
    /// What the feed is called.
    const TITLE: &'static str;

    /// The list that the feed shows.
    const LIST: &'static str;

    /// The dataset that it belongs to.
    fn dataset(&self) -> &Slug;

    /// The record as an entry, but for its rights.
    fn entry(&self, site: &Site) -> Entry;
}

/// What was found for a page of a feed.
pub(super) struct FoundEntries<R> {
    found: Found<R>,
    /// The datasets of the records.
    datasets: Vec<Dataset>,
}

/// The records of a page of a feed, and the datasets that they are of.
pub(super) async fn read<R: Syndicated>(
    connection: &AsyncPgConnection,
    filter: R::Filter,
    view: &View,
    asked: &FeedRequest<R::Sort>,
) -> QueryResult<FoundEntries<R>> {
    let found = lists::page::<R>(connection, filter, view, &asked.page).await?;
    let slugs: Vec<&Slug> = found.records.iter().map(Syndicated::dataset).collect();
    let datasets = datasets::of_slugs(connection, &slugs).await?;
    Ok(FoundEntries { found, datasets })
}

/// The feed, and the `Link` header to its next page.
///
/// # Errors
/// None that is known: it is written into memory.
pub(super) fn write<R: Syndicated>(
    asked: &FeedRequest<R::Sort>,
    found: &FoundEntries<R>,
    secret: &CursorSecret,
    site: &Site,
) -> Result<(Vec<u8>, Option<String>), Problem> {
    let FoundEntries { found, datasets } = found;
    let entries: Vec<Entry> =
        found.records.iter().map(|record| with_rights(record.entry(site), record, datasets)).collect();
    let (cursor, header) = asked.page.onward(found.next.as_ref(), secret);
    let own = link("self", site.address(&asked.page.own_address()), Some(ATOM));
    let list = asked.page.query_with(&["cursor", "limit"], "sort=-updated");
    let alternate = link("alternate", site.address(&format!("{}?{list}", R::LIST)), Some("application/json"));
    let next = cursor.map(|cursor| asked.page.address(&["cursor"], &format!("cursor={cursor}")));
    let next = next.map(|address| link("next", site.address(&address), Some(ATOM)));
    let feed = Feed {
        title: plain(&title(R::TITLE, &asked.filters)),
        id: asked.id.urn().to_string(),
        // One without entries was never changed.
        updated: entries.iter().map(|entry| entry.updated).max().unwrap_or_default(),
        authors: vec![person("civicspace")],
        generator: Some(Generator {
            value: "civicspace".to_owned(),
            uri: None,
            version: Some(env!("CARGO_PKG_VERSION").to_owned()),
        }),
        links: [Some(own), Some(alternate), next].into_iter().flatten().collect(),
        entries,
        ..Feed::default()
    };
    let bytes = feed.write_to(Vec::new()).map_err(|error| Problem::Internal(format!("a feed: {error}")))?;
    Ok((bytes, header))
}

/// What the feed is called, with the beginning of its filters.
fn title(name: &str, filters: &str) -> String {
    if filters.is_empty() {
        return name.to_owned();
    }
    let told: String = filters.chars().take(FILTERS_TOLD).collect();
    let more = if told.len() < filters.len() { "…" } else { "" };
    format!("{name} ({told}{more})")
}

/// An entry with the licence of its dataset.
fn with_rights<R: Syndicated>(mut entry: Entry, record: &R, datasets: &[Dataset]) -> Entry {
    let Some(dataset) = datasets.iter().find(|dataset| dataset.slug == *record.dataset()) else { return entry };
    entry.rights = Some(plain(&format!("Record under {}; credit: {}", dataset.licence, dataset.attribution)));
    let licence = dataset.licence_url.as_ref().and_then(|url| elsewhere(url.as_str()));
    entry.links.extend(licence.map(|url| link("license", url, None)));
    entry
}

/// Text, without the characters that XML has no way to write.
pub(super) fn plain(text: &str) -> Text {
    Text::plain(seen(text))
}

/// Those characters of a text that XML can write.
pub(super) fn seen(text: &str) -> String {
    let allowed = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    text.chars().filter(allowed).collect()
}

/// Somebody, of whom a name is known.
pub(super) fn person(name: &str) -> Person {
    Person { name: seen(name), ..Person::default() }
}

/// A link to an address.
pub(super) fn link(rel: &str, href: String, media: Option<&str>) -> Link {
    Link { href, rel: rel.to_owned(), mime_type: media.map(str::to_owned), ..Link::default() }
}

/// A moment, as feeds write it.
pub(super) fn moment(at: DateTime<Utc>) -> DateTime<FixedOffset> {
    at.fixed_offset()
}
