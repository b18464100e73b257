//! Cursors: where a walk through a list stands, sealed so that only ours are taken.
//!
//! A cursor holds the sort key and the id of the last row that was seen, so a row that is deleted meanwhile never
//! breaks a walk. It is bound to the list, its filters and its sort: with others it would skip rows unnoticed.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

/// Bytes of the seal that stand behind the position.
const SEAL: usize = 16;

/// The sort key of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SortKey {
    /// A day; an unknown one is the last of its order.
    #[serde(rename = "d")]
    Day(NaiveDate),
    /// A moment.
    #[serde(rename = "t")]
    Moment(DateTime<Utc>),
    /// A name.
    #[serde(rename = "n")]
    Name(String),
    /// A number.
    #[serde(rename = "i")]
    Number(i32),
    /// How well it fits, in thousandths, and a day.
    #[serde(rename = "r")]
    Ranked(i32, NaiveDate),
    /// The day of an entry in a timeline, and what orders those of one day.
    #[serde(rename = "e")]
    Entry(NaiveDate, [i16; 4]),
    /// How strong a connection is: by incidents, by relations.
    #[serde(rename = "s")]
    Strength(i64, i64),
}

impl SortKey {
    /// The key of a day where the oldest come first: an unknown one is after all others, as the columns `…_up` have it.
    pub fn day_up(day: Option<NaiveDate>) -> Self {
        Self::Day(day.unwrap_or_else(|| NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)))
    }

    /// The key of a day where the newest come first: an unknown one is after all others, as the columns `…_down` have it.
    pub fn day_down(day: Option<NaiveDate>) -> Self {
        Self::Day(day.unwrap_or_else(|| NaiveDate::from_ymd_opt(1, 1, 1).unwrap_or(NaiveDate::MIN)))
    }
}

/// Where a walk stands: behind the row of this key and id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position(pub SortKey, pub Uuid);

/// Why a cursor is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CursorFault {
    /// It is not one of ours, or not as we made it.
    Broken,
    /// It is ours, but of another list, other filters or another sort.
    Foreign,
}

/// The secret that seals cursors; all servers of a database share it, so cursors outlive restarts.
#[derive(Clone)]
pub struct CursorSecret(Vec<u8>);

impl CursorSecret {
    /// The secret of these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The cursor that continues behind a position in a list, which is named by its path, filters and sort.
    pub fn seal(&self, list: &str, position: &Position) -> String {
        let mut bytes = serde_json::to_vec(position).unwrap_or_default();
        let own = self.code("own", &bytes);
        let bound = self.code(list, &bytes);
        bytes.extend(own);
        bytes.extend(bound);
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    }

    /// The position that a cursor holds.
    ///
    /// # Errors
    /// A cursor that is not ours, or of another list.
    pub fn open(&self, list: &str, cursor: &str) -> Result<Position, CursorFault> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_undecodable| CursorFault::Broken)?;
        let split = bytes.len().checked_sub(2 * SEAL).ok_or(CursorFault::Broken)?;
        let (position, seals) = bytes.split_at(split);
        let (own, bound) = seals.split_at(SEAL);
        self.verify("own", position, own).ok_or(CursorFault::Broken)?;
        self.verify(list, position, bound).ok_or(CursorFault::Foreign)?;
        serde_json::from_slice(position).map_err(|_unreadable| CursorFault::Broken)
    }

    fn mac(&self, label: &str, position: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(label.as_bytes());
        mac.update(&[0]);
        mac.update(position);
        Some(mac)
    }

    fn code(&self, label: &str, position: &[u8]) -> Vec<u8> {
        self.mac(label, position).map(|mac| mac.finalize().into_bytes()[..SEAL].to_vec()).unwrap_or_default()
    }

    fn verify(&self, label: &str, position: &[u8], seal: &[u8]) -> Option<()> {
        self.mac(label, position)?.verify_truncated_left(seal).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position() -> Position {
        Position(SortKey::Day(NaiveDate::default()), Uuid::nil())
    }

    #[test]
    fn a_cursor_opens_for_the_list_that_it_was_made_for_alone() {
        let secret = CursorSecret::new(vec![7; 48]);
        let cursor = secret.seal("list", &position());
        assert_eq!(secret.open("list", &cursor), Ok(position()));
        assert_eq!(secret.open("other", &cursor), Err(CursorFault::Foreign));
        assert_eq!(CursorSecret::new(vec![8; 48]).open("list", &cursor), Err(CursorFault::Broken));
    }

    #[test]
    fn a_tampered_or_truncated_cursor_is_broken() {
        let secret = CursorSecret::new(vec![7; 48]);
        let cursor = secret.seal("list", &position());
        for end in 0..cursor.len() {
            assert_eq!(secret.open("list", &cursor[..end]), Err(CursorFault::Broken));
        }
        let mut tampered = cursor.into_bytes();
        tampered[8] ^= 1;
        let tampered = String::from_utf8(tampered).unwrap_or_default();
        assert_eq!(secret.open("list", &tampered), Err(CursorFault::Broken));
    }
}
