//! Names: what is one name in many spellings, and how alike two names are. Pure functions, without a database.
//!
//! [`fold`] reads both scripts into one spelling, [`codes`] gives what sounds alike one code, and [`score`] compares two
//! names word by word. An index holds an [`entry`] of each name; the candidates that it finds are put in order by score.

pub mod codes;
mod distance;
pub mod entry;
pub mod fold;
mod given;
pub mod score;
mod word;
