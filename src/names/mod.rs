//! Names: what is one name in many spellings, and how alike two names are. Pure functions, without a database.
//!
//! [`fold`] reads both scripts into one spelling, [`codes`] gives what sounds alike one code, and [`score`] compares two
//! names word by word. An index holds the folds and the codes; candidates that it finds are put in order by the score.

pub mod codes;
pub mod fold;
mod given;
pub mod score;
