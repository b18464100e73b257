//! Statistics: how many incidents, people or articles there are in each group, and what figures sum up to.
//!
//! There is one way to count: the incidents are those of the list, by its very filter, and so the counts of a grouping in
//! which each incident has one value add up to the total of the list. What may not be added is not: claims of one incident
//! are in dispute and not more people, and what is part of a whole is in the whole's number.

mod answer;
mod counting;
mod found;
mod groups;
mod handlers;
mod model;
mod rule;
mod series;
mod sums;
pub mod tallies;

pub(crate) use groups::Grouping;
pub(crate) use handlers::count_incidents;
