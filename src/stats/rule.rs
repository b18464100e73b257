//! How an answer counts, in words.

use super::groups::{CountedUnit, GroupBy, Grouping};
use super::sums::Summed;
use crate::codebook::Vocabulary;

/// How an answer of this unit, these groupings and these sums counts.
pub(super) fn rule(unit: CountedUnit, by: &GroupBy, asks_for_sums: bool, summed: Option<Summed>) -> String {
    let mut sentences = vec![counted(unit).to_owned()];
    sentences.extend(grouped(by));
    if unit == CountedUnit::Incidents && !by.get().iter().any(|grouping| grouping.is_many_valued()) {
        sentences.push("Each is in one group, so the counts add up to `total`.".to_owned());
    } else {
        sentences.push("One may be in several groups, so the counts may add up to more than `total`.".to_owned());
    }
    sentences.extend(sums(unit, asks_for_sums, summed));
    sentences.join(" ")
}

fn counted(unit: CountedUnit) -> &'static str {
    match unit {
        CountedUnit::Incidents => "Counted are the incidents that the list finds with the same filters.",
        CountedUnit::People => {
            "Counted are the persons who take part in the incidents that the list finds with the same filters, or have a \
             legal step in them, each once a group; who only claims a figure is none of them. `entity`, `role` and `step` \
             hold of one and the same person in one and the same incident."
        }
        CountedUnit::Articles => {
            "Counted are the articles that are sources of the incidents that the list finds with the same filters, each \
             once a group."
        }
    }
}

fn grouped(by: &GroupBy) -> Vec<String> {
    let mut sentences = Vec::new();
    if by.get().iter().any(|grouping| grouping.span().is_some()) {
        sentences.push(
            "An incident that is known to the day falls into the span of its first day, another one only into a span that its \
             whole period lies in, and else, as without a date, into that of null. No span from the first to the last that \
             has any, or that is asked for, is missing."
                .to_owned(),
        );
    }
    for grouping in by.get().iter().filter(|grouping| grouping.is_many_valued()) {
        sentences.push(format!(
            "An incident with several values of `{}` is in the group of each, one with none in that of null.",
            grouping.code()
        ));
    }
    if by.has(Grouping::Admin1) {
        sentences.push(
            "Names of divisions are one whatever the case of their letters, and whatever their country.".to_owned(),
        );
    }
    sentences
}

fn sums(unit: CountedUnit, asks_for_sums: bool, summed: Option<Summed>) -> Option<String> {
    let what = match summed {
        Some(Summed::One(measure)) => format!("`low` and `high` are sums of `{}`", measure.code()),
        Some(Summed::Each) => {
            "`low` and `high` are sums of the measure of the row, but of amounts, which are of several currencies, and of \
             shares of a vote"
                .to_owned()
        }
        None if unit != CountedUnit::Incidents && asks_for_sums => {
            return Some("Figures are of incidents, so nothing is summed of people and articles.".to_owned());
        }
        None if asks_for_sums => {
            return Some(
                "Nothing is summed: sums are of one measure, and neither of amounts, which are of several currencies, nor of \
                 shares of a vote."
                    .to_owned(),
            );
        }
        None => return None,
    };
    Some(format!(
        "{what}, over `summed` incidents. Of an incident, `low` is the least that a claim names as at least, or 0 where none does, \
         and `high` the most that any claim names; one that says \"more than\" counts with its number, so `high` is then no upper \
         limit. Claims without a number do not count, nor do those that do not fit `claimant_class` and `min_figure`. An incident that \
         is part of another one that is summed is left out of the sums, for its number is part of the other's."
    ))
}
