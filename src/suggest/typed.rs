//! What was typed, and the SQL that finds the names which may go on from it.

use std::cmp::Reverse;

use diesel::sql_types::{Array, Text};

use super::beginnings::Beginnings;
use crate::db::prepared::Prepared;
use crate::names::fold;

/// How many names are looked at for a beginning: those of which least is left to type.
const LOOKED_AT: i64 = 100;

/// Of a long beginning that fewer names have, all are looked at.
const FEW: i64 = 500;

/// How many of several words are looked up: the longest, which tell most names apart.
const LOOKED_UP: usize = 4;

/// How many names are looked at that have several words wherever they stand.
const LOOKED_AT_WITH_ALL: i64 = 1_000;

/// One of the ways in which names may go on from what was typed.
pub(super) struct Typed {
    /// How many words were typed.
    words: usize,
    /// What a rotation begins with.
    beginnings: Vec<String>,
    /// Or, if there are several words, a regular expression for each, the longest first, that a name matches which has the
    /// word somewhere.
    anywhere: Vec<String>,
    /// The patterns of names that have every word as it was typed, and not only as other letters behind it would make it.
    exact: Vec<String>,
}

/// Where rotations are kept, in SQL.
pub(super) struct Rotations<'s> {
    /// The table.
    pub(super) table: &'s str,
    /// Whose name it is.
    pub(super) owner: &'s str,
    /// The beginnings `$1`, and what each is looked up with.
    pub(super) wanted: &'s str,
    /// That a rotation is of what one beginning is looked up with.
    pub(super) of_wanted: &'s str,
    /// That it is of any of those.
    pub(super) of_any: &'s str,
    /// What else must be true of it.
    pub(super) fits: &'s str,
}

impl Typed {
    /// The names that begin with the words as they were typed; and those that would with other letters behind them, or have
    /// them elsewhere.
    pub(super) fn of(text: &str) -> Vec<Self> {
        let words: Vec<Beginnings> = fold::words(text).iter().map(|word| Beginnings::of(word)).collect();
        let words: Vec<Beginnings> = words.into_iter().filter(|word| !word.own.is_empty()).collect();
        let own: Vec<&str> = words.iter().map(|word| word.own.as_str()).collect();
        let beginning = |beginnings| Self { words: words.len(), beginnings, anywhere: Vec::new(), exact: Vec::new() };
        let as_typed = beginning(vec![own.join(" ")]);
        let otherwise = match &words[..] {
            [] => return Vec::new(),
            [word] if word.others.is_empty() => return vec![as_typed],
            [word] => beginning(word.others.iter().cloned().collect()),
            words => {
                let mut longest: Vec<&Beginnings> = words.iter().collect();
                longest.sort_by_key(|word| Reverse(word.own.chars().count()));
                // Folds are letters and digits, so nothing in them means anything else.
                let either = |word: &&Beginnings| format!(" ({})", word.all().collect::<Vec<_>>().join("|"));
                Self {
                    words: words.len(),
                    beginnings: Vec::new(),
                    anywhere: longest.iter().map(either).collect(),
                    exact: own.iter().map(|fold| format!("% {fold}%")).collect(),
                }
            }
        };
        vec![as_typed, otherwise]
    }

    /// Whether a name has every word as it was typed, or they do not differ in that.
    pub(super) fn exact(&self) -> &'static str {
        if self.anywhere.is_empty() { "true" } else { "' ' || rotation LIKE ALL ($2)" }
    }

    /// How many letters are left to type of a name: from the word that was begun to its end, or of all of it.
    pub(super) fn left(&self) -> &'static str {
        if self.words == 1 { "length" } else { "char_length(rotation)" }
    }

    /// `found`: the rotations of the names that fit, with what comes before it. The regular expressions are the values from a number on.
    pub(super) fn found(&self, rotations: &Rotations<'_>, first: usize) -> String {
        if self.anywhere.is_empty() { Self::beginning(rotations) } else { self.with_all(rotations, first) }
    }

    /// The rotations that begin as the values of `wanted` say, of each those of which least is left. Of short beginnings there
    /// are many, so indexes hold them in that order; and of longer ones that turn out to be of many.
    fn beginning(Rotations { table, owner, wanted, of_wanted, fits, .. }: &Rotations<'_>) -> String {
        let walk = |begins: &str| {
            format!(
                "(SELECT {owner}, rotation, length FROM {table} AS rotations WHERE {begins} AND {of_wanted} AND {fits}
                  ORDER BY length, rotation, {owner} LIMIT {LOOKED_AT})"
            )
        };
        format!(
            "wanted AS MATERIALIZED (SELECT *, row_number() OVER () AS number FROM {wanted}
        ), few AS MATERIALIZED (
            SELECT number, rotations.* FROM wanted CROSS JOIN LATERAL (
                SELECT {owner}, rotation, length FROM {table} AS rotations
                WHERE rotation >= beginning AND rotation < beginning || chr(1114111) AND {of_wanted} AND {fits}
                LIMIT {FEW}) AS rotations
            WHERE char_length(beginning) > 3
        ), crowded AS MATERIALIZED (
            SELECT number FROM few GROUP BY number HAVING count(*) = {FEW}
        ), found AS (
            SELECT {owner}, rotation, length FROM few WHERE number NOT IN (SELECT number FROM crowded)
            UNION ALL
            SELECT rotations.* FROM wanted CROSS JOIN LATERAL ({} UNION ALL {} UNION ALL {}) AS rotations
            WHERE char_length(beginning) <= 3 OR number IN (SELECT number FROM crowded)
        )",
            walk("char_length(beginning) = 1 AND left(rotation, 1) = beginning"),
            walk("char_length(beginning) = 2 AND left(rotation, 2) = beginning"),
            walk(
                "char_length(beginning) >= 3 AND left(rotation, 3) = left(beginning, 3) AND starts_with(rotation, beginning)"
            ),
        )
    }

    /// The rotations of names that have each word somewhere. The longest are looked up, and names have the others besides.
    fn with_all(&self, Rotations { table, owner, of_any, fits, .. }: &Rotations<'_>, first: usize) -> String {
        let matches = |number: usize| format!("' ' || rotation ~ ${number}");
        let conditions: Vec<String> = (first..first + self.anywhere.len()).map(matches).collect();
        let (looked_up, besides) = conditions.split_at(conditions.len().min(LOOKED_UP));
        format!(
            "found AS (
            SELECT {owner}, rotation, length
            FROM (SELECT * FROM {table} WHERE word = 0 AND {} OFFSET 0) AS rotations
            WHERE {} LIMIT {LOOKED_AT_WITH_ALL}
        )",
            looked_up.join(" AND "),
            [besides, &[(*of_any).to_owned(), (*fits).to_owned()]].concat().join(" AND "),
        )
    }

    /// A statement of which `$1` and `$2` are what was typed.
    pub(super) fn prepared(&self, sql: String) -> Prepared<'_> {
        Prepared::new(sql).bind::<Array<Text>, _>(&self.beginnings).bind::<Array<Text>, _>(&self.exact)
    }

    /// Binds the regular expressions, which come last.
    pub(super) fn with_anywhere<'q>(&'q self, query: Prepared<'q>) -> Prepared<'q> {
        self.anywhere.iter().fold(query, Prepared::bind::<Text, _>)
    }
}
