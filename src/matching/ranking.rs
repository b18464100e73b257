//! Ranking: what each candidate scores, and why.

use std::cmp::Ordering;

use serde::Serialize;
use utoipa::ToSchema;

use super::NewMatchQuery;
use super::candidates::Candidate;
use crate::entities::EntityRef;
use crate::names::score::{Alignment, Name, rounded};
use crate::values::{LanguageTag, Line};

/// What is left of the score of an entity of another kind.
const OTHER_KIND: f64 = 0.85;

/// What is left of the score of an entity of another country: people move, and what belongs to several has one.
const OTHER_COUNTRY: f64 = 0.95;

/// How much of what it lacks an entity gains that is of the kind, or of the country.
const GAIN: f64 = 0.1;

/// An entity that may be meant.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MatchCandidate {
    /// The entity.
    pub entity: EntityRef,
    /// How likely it is meant: 1 for the same words, or an identifier.
    #[schema(minimum = 0, maximum = 1, format = Double, example = 1.0)]
    pub score: f64,
    /// Whether it may be taken for the one that is meant without another look: the score reaches the threshold, and so does a
    /// name of it by itself that is neither a nickname nor an acronym of three letters or less; or it has one of the
    /// identifiers. If two entities are a match, they bear one name, and the name alone does not tell which is meant.
    #[schema(example = true)]
    pub r#match: bool,
    /// What the score is made of.
    pub features: Features,
}

/// What a score is made of.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Features {
    /// How alike the names are, by themselves.
    #[schema(minimum = 0, maximum = 1, format = Double, example = 1.0)]
    pub name: f64,
    /// The name of the entity that is most alike.
    pub matched_name: Line,
    /// The language of that name.
    pub language: Option<LanguageTag>,
    /// Whether that name says too little to tell who is meant: a nickname, an acronym of three letters or less.
    #[schema(example = false)]
    pub weak: bool,
    /// How many words of the longer name have no partner in the other, patronymics left aside.
    #[schema(format = Int32, minimum = 0, maximum = 100, example = 0)]
    pub unmatched_words: usize,
    /// How many words are an initial in one of the names.
    #[schema(format = Int32, minimum = 0, maximum = 100, example = 0)]
    pub initials: usize,
    /// How alike the patronymics are, if both names have one.
    #[schema(minimum = 0, maximum = 1, format = Double, example = 1.0)]
    pub patronymic: Option<f64>,
    /// Whether the entity is of the kind that is wanted, if one is.
    #[schema(example = true)]
    pub kind: Option<bool>,
    /// Whether the entity is of the country that is wanted, if one is and the entity has one.
    #[schema(example = true)]
    pub country: Option<bool>,
    /// Whether the entity has one of the identifiers.
    #[schema(example = false)]
    pub identifier: bool,
}

/// How many names are compared before others have their turn: long ones take about a millisecond each.
const IN_TURN: usize = 16;

/// The candidates by their entities, the likeliest first.
pub(super) async fn rank(
    wanted: &NewMatchQuery,
    found: Vec<Candidate>,
    limit: usize,
    threshold: f64,
) -> Vec<MatchCandidate> {
    let name = Name::new(wanted.name.as_str());
    let mut ranked: Vec<MatchCandidate> = Vec::new();
    for (index, candidate) in found.into_iter().enumerate() {
        if index % IN_TURN == IN_TURN - 1 {
            tokio::task::yield_now().await;
        }
        let judged = judge(wanted, &name, candidate, threshold);
        match ranked.iter_mut().next_back().filter(|last| last.entity.id == judged.entity.id) {
            Some(last) => take_better(last, judged),
            None => ranked.push(judged),
        }
    }
    let is_same = |candidate: &MatchCandidate| candidate.features.matched_name == wanted.name;
    let is_of_country = |candidate: &MatchCandidate| candidate.features.country == Some(true);
    ranked.sort_by(|one, other| {
        likeliest_first(one, other)
            .then_with(|| is_of_country(other).cmp(&is_of_country(one)))
            .then_with(|| is_same(other).cmp(&is_same(one)))
            .then_with(|| one.entity.id.cmp(&other.entity.id))
    });
    ranked.truncate(limit);
    ranked
}

fn likeliest_first(one: &MatchCandidate, other: &MatchCandidate) -> Ordering {
    let by_identifier = other.features.identifier.cmp(&one.features.identifier);
    by_identifier.then(other.score.total_cmp(&one.score)).then_with(|| telling_first(one, other))
}

/// What is alike first; of what is equally so, that which says more.
fn telling_first(one: &MatchCandidate, other: &MatchCandidate) -> Ordering {
    let patronymic = |candidate: &MatchCandidate| candidate.features.patronymic.unwrap_or_default();
    other.features.name.total_cmp(&one.features.name).then(patronymic(other).total_cmp(&patronymic(one)))
}

/// Joins what two names of one entity score: it is a match if either makes it one.
fn take_better(last: &mut MatchCandidate, other: MatchCandidate) {
    let is_match = last.r#match || other.r#match;
    let is_identified = last.features.identifier || other.features.identifier;
    let is_better = telling_first(last, &other).then(last.features.weak.cmp(&other.features.weak));
    if is_better == Ordering::Greater {
        *last = other;
    }
    last.r#match = is_match;
    last.features.identifier = is_identified;
    if is_identified {
        last.score = 1.0;
    }
}

fn judge(wanted: &NewMatchQuery, name: &Name, candidate: Candidate, threshold: f64) -> MatchCandidate {
    let alignment = name.compare(&Name::new(candidate.matched_name.as_str()));
    let kind = wanted.kind.map(|kind| kind == candidate.kind);
    let country = wanted.country.and_then(|country| candidate.country.map(|own| own == country));
    let identifier = candidate.identified;
    let score = if identifier { 1.0 } else { rounded(score(&alignment, kind, country)) };
    let by_name = score >= threshold && rounded(alignment.score) >= threshold && !candidate.weak;
    MatchCandidate {
        entity: EntityRef { id: candidate.id, name: candidate.name, kind: candidate.kind },
        score,
        r#match: identifier || by_name,
        features: Features {
            name: rounded(alignment.score),
            matched_name: candidate.matched_name,
            language: candidate.language,
            weak: candidate.weak,
            unmatched_words: alignment.unmatched,
            initials: alignment.initials,
            patronymic: alignment.patronymic.map(rounded),
            kind,
            country,
            identifier,
        },
    }
}

fn score(alignment: &Alignment, kind: Option<bool>, country: Option<bool>) -> f64 {
    let mut score = alignment.score;
    for (fits, factor) in [(kind, OTHER_KIND), (country, OTHER_COUNTRY)] {
        match fits {
            Some(true) => score += GAIN * (1.0 - score),
            Some(false) => score *= factor,
            None => {}
        }
    }
    score
}
