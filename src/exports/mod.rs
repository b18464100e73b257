//! What the API holds, in the forms of others.

pub mod ftm;
