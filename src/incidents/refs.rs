//! What the parts of incidents name: entities and articles, as other records show them.

use std::collections::HashMap;
use std::hash::Hash;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use quick_cache::sync::Cache;
use tokio::try_join;

use crate::articles::ArticleRef;
use crate::db::schema::{articles, entities};
use crate::entities::EntityRef;
use crate::values::{ArticleId, EntityId};

/// The ids of what is named, each as often as it is.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) entities: Vec<EntityId>,
    pub(super) articles: Vec<ArticleId>,
}

/// What was looked up before in the same state of the database, as much of it as may be kept: who reads all incidents meets the same
/// entities and articles again and again.
#[derive(Debug)]
pub(crate) struct Known {
    entities: Cache<EntityId, EntityRef>,
    articles: Cache<ArticleId, ArticleRef>,
}

impl Default for Known {
    fn default() -> Self {
        /// How many of each are kept: some megabytes.
        const MOST: usize = 20_000;
        Self { entities: Cache::new(MOST), articles: Cache::new(MOST) }
    }
}

/// What is named, by id. Fetched once however often it is named, which for many parts is cheaper than to join it to each.
#[derive(Debug)]
pub(super) struct Refs {
    entities: HashMap<EntityId, EntityRef>,
    articles: HashMap<ArticleId, ArticleRef>,
}

impl Refs {
    /// Looks up all that is named, but what is known.
    pub(super) async fn of(connection: &AsyncPgConnection, named: Named, known: Option<&Known>) -> QueryResult<Self> {
        let (mut to_entities, mut to_articles) = (connection, connection);
        let (mut entities, other_entities) = among_known(once(named.entities), |id| known?.entities.get(id));
        let (mut articles, other_articles) = among_known(once(named.articles), |id| known?.articles.get(id));
        let other_entities = entities::table
            .filter(entities::id.eq_any(other_entities))
            .select(EntityRef::as_select())
            .load::<EntityRef>(&mut to_entities);
        let other_articles = articles::table
            .filter(articles::id.eq_any(other_articles))
            .select(ArticleRef::as_select())
            .load::<ArticleRef>(&mut to_articles);
        let (other_entities, other_articles) = try_join!(other_entities, other_articles)?;
        if let Some(known) = known {
            for entity in &other_entities {
                known.entities.insert(entity.id, entity.clone());
            }
            for article in &other_articles {
                known.articles.insert(article.id, article.clone());
            }
        }
        entities.extend(other_entities.into_iter().map(|entity| (entity.id, entity)));
        articles.extend(other_articles.into_iter().map(|article| (article.id, article)));
        Ok(Self { entities, articles })
    }

    pub(super) fn entity(&self, id: EntityId) -> Option<EntityRef> {
        self.entities.get(&id).cloned()
    }

    pub(super) fn article(&self, id: ArticleId) -> Option<ArticleRef> {
        self.articles.get(&id).cloned()
    }
}

fn once<T: Ord>(mut ids: Vec<T>) -> Vec<T> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// What is known of these, and which are not.
fn among_known<I: Copy + Eq + Hash, R>(ids: Vec<I>, known: impl Fn(&I) -> Option<R>) -> (HashMap<I, R>, Vec<I>) {
    let (mut found, mut others) = (HashMap::new(), Vec::new());
    for id in ids {
        match known(&id) {
            Some(known) => drop(found.insert(id, known)),
            None => others.push(id),
        }
    }
    (found, others)
}
