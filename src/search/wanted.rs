//! The conditions that a text makes of records.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Integer, Text, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::document::{IN_NAMES, IN_TEXT, IN_TITLE, entity_form, quoted};
use super::stems::{Stems, plain, shortened};
use super::text::{Clause, SearchText};
use crate::db::fragments::Holds;
use crate::history::RecordType;
use crate::http::auth::View;
use crate::matching::{self, NewMatchQuery, THRESHOLD};

/// A word that is in the names of more entities than this tells none apart: it is looked for in texts alone.
const MOST_ENTITIES: usize = 100;

/// What a record must hold so that it is found.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// Of articles and incidents, which are found by the entities that they are about, too.
    records: Conditions,
    /// Of entities.
    entities: Conditions,
    /// The forms that were looked for.
    pub(crate) forms: BTreeSet<String>,
    /// The forms that may go on.
    pub(crate) beginnings: BTreeSet<String>,
    /// The entities whose names were looked for.
    pub(crate) named: BTreeSet<Uuid>,
    /// The entities with names like the whole of what was typed, best first: how well each fits, in thousandths, and its name.
    pub(crate) alike: Vec<(i32, Uuid, String)>,
}

/// Conditions of what is found, each a `tsquery`.
#[derive(Clone, Debug)]
pub(super) struct Conditions {
    /// All of it, anywhere.
    anywhere: String,
    /// The ranks, best first, which share no record: how well it fits, in thousandths, and the condition.
    pub(super) ranks: Vec<(i32, String)>,
}

/// How like a name must be, in thousandths, so that its entity is found by it: above every rank.
const ALIKE: i32 = IN_TITLE_SCORE + 1;

/// The most entities that are found by the likeness of their names.
const MOST_ALIKE: usize = 100;

/// How well a record fits that has every word in its title.
pub(crate) const IN_TITLE_SCORE: i32 = 750;
/// How well one fits that has every word in its title or a name.
pub(crate) const IN_NAMES_SCORE: i32 = 500;
/// How well one fits that has them anywhere.
pub(crate) const ANYWHERE_SCORE: i32 = 250;

/// All parts of a record.
const EVERYWHERE: [&str; 3] = [IN_TITLE, IN_NAMES, IN_TEXT];

/// What no record holds.
const NOTHING: &str = "'/'";

impl Wanted {
    /// What a text asks for. Who may be seen by the caller is found by name.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) async fn of(connection: &AsyncPgConnection, text: &SearchText, view: &View) -> QueryResult<Self> {
        let words: Vec<String> =
            text.clauses.iter().flat_map(|clause| &clause.words).map(|word| shortened(word.text.clone())).collect();
        let stems = Stems::of(connection, words.iter().map(String::as_str)).await?;
        let said: Vec<(bool, Phrase)> =
            text.clauses.iter().filter_map(|clause| Some((clause.excluded, Phrase::of(clause, &stems)?))).collect();
        let (excluded, sought): (Vec<_>, Vec<_>) = said.into_iter().partition(|(excluded, _)| *excluded);
        let (excluded, sought): (Vec<Phrase>, Vec<Phrase>) =
            (excluded.into_iter().map(|(_, phrase)| phrase).collect(), sought.into_iter().map(|(_, p)| p).collect());
        let named = Named::of(connection, &sought, &excluded, view).await?;
        Ok(Self::compiled(&sought, &excluded, &named))
    }

    /// Looks also for entities with names like what was typed as a whole.
    ///
    /// # Errors
    /// The database fails.
    pub(crate) async fn with_alike(
        mut self,
        connection: &AsyncPgConnection,
        text: &SearchText,
        view: &View,
    ) -> QueryResult<Self> {
        let Some(name) = text.name() else { return Ok(self) };
        let query = NewMatchQuery::named(name);
        let found = matching::find(connection, view, &[&query], MOST_ALIKE, THRESHOLD).await?;
        let alike = found.into_iter().flatten().map(|candidate| {
            #[expect(clippy::cast_possible_truncation, reason = "a score is at most 1")]
            let score = (candidate.score * 1000.0).floor() as i32;
            (score, candidate.entity.id.into(), candidate.features.matched_name.to_string())
        });
        self.alike = alike.filter(|(score, ..)| *score >= ALIKE).collect();
        self.alike.sort_by(|one, other| other.cmp(one));
        Ok(self)
    }

    /// The ids of the entities with names like what was typed.
    pub(crate) fn alike_ids(&self) -> Vec<Uuid> {
        self.alike.iter().map(|(_, id, _)| *id).collect()
    }

    /// What a record of a resource holds that is found.
    pub(crate) fn holds(&self, of: RecordType) -> Holds {
        let or = if of == RecordType::Entity { self.alike_ids() } else { Vec::new() };
        Holds { of, query: self.conditions(of).anywhere.clone(), or }
    }

    /// The conditions of the records of a resource.
    pub(super) fn conditions(&self, of: RecordType) -> &Conditions {
        match of {
            RecordType::Article | RecordType::Incident => &self.records,
            RecordType::Entity => &self.entities,
        }
    }

    fn compiled(sought: &[Phrase], excluded: &[Phrase], named: &Named) -> Self {
        let (beginnings, whole): (Vec<_>, Vec<_>) =
            sought.iter().flat_map(Phrase::forms).partition(|(_, begins)| *begins);
        Self {
            records: Conditions::of(sought, excluded, named),
            entities: Conditions::of(sought, excluded, &Named::default()),
            forms: whole.into_iter().map(|(form, _)| form).collect(),
            beginnings: beginnings.into_iter().map(|(form, _)| form).collect(),
            named: sought.iter().flat_map(|phrase| named.by(phrase)).chain(&named.all).copied().collect(),
            alike: Vec::new(),
        }
    }
}

impl Conditions {
    fn of(sought: &[Phrase], excluded: &[Phrase], named: &Named) -> Self {
        let without = excluded.iter().map(|phrase| format!("!({})", phrase.query(&EVERYWHERE, named.by(phrase))));
        let without: Vec<String> = without.collect();
        let all = |scopes: &[&str]| {
            let by_name = scopes.contains(&IN_NAMES);
            let each = sought.iter().map(|phrase| phrase.query(scopes, named.by(phrase).filter(|_| by_name)));
            either(&each.collect::<Vec<_>>().join(" & "), named.all.iter().filter(|_| by_name))
        };
        if sought.is_empty() {
            let others = if without.is_empty() { NOTHING.to_owned() } else { without.join(" & ") };
            return Self { anywhere: others.clone(), ranks: vec![(ANYWHERE_SCORE, others)] };
        }
        let with = |query: String| std::iter::once(query).chain(without.clone()).collect::<Vec<_>>().join(" & ");
        let (title, by_name, text) = (all(&[IN_TITLE]), all(&[IN_TITLE, IN_NAMES]), all(&EVERYWHERE));
        let ranks = vec![
            (IN_TITLE_SCORE, with(title.clone())),
            (IN_NAMES_SCORE, with(format!("{by_name} & !{title}"))),
            (ANYWHERE_SCORE, with(format!("{text} & !{by_name}"))),
        ];
        Self { anywhere: with(text), ranks }
    }
}

/// The words of a clause that say something, each with the places between it and the one before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Phrase(Vec<(usize, BTreeSet<String>, bool)>);

impl Phrase {
    fn of(clause: &Clause, stems: &Stems) -> Option<Self> {
        let (mut words, mut last) = (Vec::new(), 0);
        for (place, word) in clause.words.iter().enumerate() {
            let text = shortened(word.text.clone());
            let forms = if word.begins { plain(&text) } else { stems.sought(&text) };
            if !forms.is_empty() {
                words.push((place - last, forms, word.begins));
                last = place;
            }
        }
        (!words.is_empty()).then_some(Self(words))
    }

    /// That the words stand together in one of the scopes, or that one of the entities takes part.
    fn query<'a>(&self, scopes: &[&str], entities: impl Iterator<Item = &'a Uuid>) -> String {
        let within: Vec<String> = scopes.iter().map(|scope| self.within(scope)).collect();
        either(&within.join(" | "), entities)
    }

    fn within(&self, scope: &str) -> String {
        let words = self.0.iter().enumerate().map(|(i, (distance, forms, begins))| {
            let open = if *begins { ":*" } else { "" };
            let forms = forms.iter().map(|form| format!("{}{open}", quoted(&format!("{scope}{form}"))));
            let joint = if i == 0 { String::new() } else { format!(" <{distance}> ") };
            format!("{joint}({})", forms.collect::<Vec<_>>().join(" | "))
        });
        words.collect()
    }

    /// The forms of the words in every scope, and whether they may go on.
    fn forms(&self) -> impl Iterator<Item = (String, bool)> {
        let in_scopes = |form: &String| EVERYWHERE.map(|scope| format!("{scope}{form}"));
        let words = self.0.iter();
        words.flat_map(move |(_, forms, begins)| forms.iter().flat_map(in_scopes).map(|form| (form, *begins)))
    }
}

/// A condition, or that one of the entities takes part.
fn either<'a>(query: &str, entities: impl Iterator<Item = &'a Uuid>) -> String {
    let entities = entities.map(|id| format!(" | {}", quoted(&entity_form(*id))));
    format!("(({query}){})", entities.collect::<String>())
}

/// The entities that have names with words that are looked for.
#[derive(Debug, Default)]
struct Named {
    by_phrase: BTreeMap<Phrase, Vec<Uuid>>,
    /// Those that have all of them.
    all: Vec<Uuid>,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = SqlUuid)]
    entity_id: Uuid,
}

impl Named {
    async fn of(
        mut connection: &AsyncPgConnection,
        sought: &[Phrase],
        excluded: &[Phrase],
        view: &View,
    ) -> QueryResult<Self> {
        const QUERY: &str = "
            SELECT number::integer, entity_id FROM unnest($1) WITH ORDINALITY AS phrase (query, number), LATERAL (
                SELECT entity_id FROM entity_words JOIN entities ON id = entity_id
                WHERE words @@ phrase.query::tsquery AND state <> 'retracted' AND (state = 'published' OR $2)
                    AND dataset <> ALL ($3)
                LIMIT $4) AS named";
        let phrases: BTreeSet<&Phrase> = sought.iter().chain(excluded).collect();
        let none = || std::iter::empty::<&Uuid>();
        let mut queries: Vec<String> =
            phrases.iter().map(|phrase| phrase.query(&[IN_TITLE, IN_NAMES], none())).collect();
        if sought.len() > 1 {
            let all: Vec<String> = sought.iter().map(|phrase| phrase.query(&[IN_TITLE, IN_NAMES], none())).collect();
            queries.push(all.join(" & "));
        }
        if queries.is_empty() {
            return Ok(Self::default());
        }
        let most = i32::try_from(MOST_ENTITIES).unwrap_or(i32::MAX);
        let rows: Vec<Found> = diesel::sql_query(QUERY)
            .bind::<Array<Text>, _>(queries)
            .bind::<Bool, _>(view.internal)
            .bind::<Array<Text>, _>(&view.hidden)
            .bind::<Integer, _>(most + 1)
            .load(&mut connection)
            .await?;
        let mut found: HashMap<i32, Vec<Uuid>> = HashMap::new();
        for row in rows {
            found.entry(row.number).or_default().push(row.entity_id);
        }
        found.retain(|_, entities| entities.len() <= MOST_ENTITIES);
        let mut taken = (1..).map(|number| found.remove(&number).unwrap_or_default());
        let by_phrase = phrases.into_iter().cloned().zip(&mut taken).collect();
        Ok(Self { by_phrase, all: taken.next().unwrap_or_default() })
    }

    fn by(&self, phrase: &Phrase) -> impl Iterator<Item = &Uuid> {
        self.by_phrase.get(phrase).into_iter().flatten()
    }
}
