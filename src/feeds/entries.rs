//! Records as entries.

use atom_syndication::{Category, Entry, Link, Text};
use uuid::Uuid;

use super::feed::{Syndicated, link, moment, person, plain, seen};
use super::web_address::{Site, elsewhere};
use crate::articles::Article;
use crate::codebook::Vocabulary;
use crate::incidents::Incident;
use crate::values::Slug;

/// The countries of ISO 3166-1, as a scheme of categories.
const COUNTRIES: &str = "urn:iso:std:iso:3166:-1";

impl Syndicated for Incident {
    const TITLE: &'static str = "civicspace: incidents";
    const LIST: &'static str = "/v1/incidents";

    fn dataset(&self) -> &Slug {
        &self.row.dataset
    }

    fn entry(&self, site: &Site) -> Entry {
        let row = &self.row;
        let record = link("alternate", site.address(&format!("{}/{}", Self::LIST, row.id)), None);
        let mut links = vec![record];
        for article in self.sources.iter().map(|source| &source.article) {
            let address = article.url.as_ref().and_then(|url| elsewhere(url.as_str()));
            if let Some(href) = address.filter(|href| !links.iter().any(|known| known.href == *href)) {
                links.push(Link { title: Some(seen(article.title.as_str())), ..link("via", href, None) });
            }
        }
        let kind = category(scheme("incident_kind"), row.kind.code(), Some(&row.kind.label().en));
        let country = row
            .location
            .country
            .map(|country| category(COUNTRIES.to_owned(), country.code(), Some(&country.label().en)));
        let tags = self.tags.iter().map(|tag| category(scheme("tag"), tag.as_str(), None));
        Entry {
            title: plain(row.title.as_str()),
            id: Uuid::from(row.id).urn().to_string(),
            published: Some(moment(row.created_at)),
            updated: moment(row.updated_at),
            categories: [kind].into_iter().chain(country).chain(tags).collect(),
            links,
            summary: summary(row.summary.as_str()),
            ..Entry::default()
        }
    }
}

impl Syndicated for Article {
    const TITLE: &'static str = "civicspace: articles";
    const LIST: &'static str = "/v1/articles";

    fn dataset(&self) -> &Slug {
        &self.row.dataset
    }

    fn entry(&self, site: &Site) -> Entry {
        let row = &self.row;
        let language = row.language.to_string();
        let page = row.url.as_ref().and_then(|url| elsewhere(url.as_str()));
        let page = page.map(|href| Link { hreflang: Some(language.clone()), ..link("alternate", href, None) });
        // Of two alternates each has a type or a language of its own.
        let record = site.address(&format!("{}/{}", Self::LIST, row.id));
        let record = link("alternate", record, page.is_some().then_some("application/json"));
        let archived = row.archived_url.as_ref().and_then(|url| elsewhere(url.as_str()));
        let archived = archived.map(|href| link("related", href, None));
        // By its byline; without one, by who published it.
        let mut authors: Vec<_> = row.authors.iter().map(|author| person(author.as_str())).collect();
        if authors.is_empty() {
            authors.extend(row.publisher.as_ref().map(|publisher| person(publisher.name.as_str())));
        }
        Entry {
            title: Text { lang: Some(language), ..plain(row.title.as_str()) },
            id: Uuid::from(row.id).urn().to_string(),
            published: Some(moment(row.created_at)),
            updated: moment(row.updated_at),
            authors,
            links: [page, Some(record), archived].into_iter().flatten().collect(),
            summary: summary(row.summary.as_str()),
            ..Entry::default()
        }
    }
}

/// A vocabulary as a scheme of categories: a name that is the same on every server.
fn scheme(vocabulary: &str) -> String {
    format!("tag:civicspace.example,2026:{vocabulary}")
}

fn category(scheme: String, term: &str, label: Option<&str>) -> Category {
    Category { term: term.to_owned(), scheme: Some(scheme), label: label.map(str::to_owned) }
}

fn summary(text: &str) -> Option<Text> {
    (!text.trim().is_empty()).then(|| plain(text))
}
