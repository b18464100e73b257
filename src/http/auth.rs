//! Who calls: nobody in particular, or the holder of a key.

use std::future::{Ready, ready};

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::parameters::AnyOf;
use super::problem::Problem;
use crate::codebook::{RecordState, Vocabulary};
use crate::db::Database;
use crate::db::schema::api_keys;
use crate::values::Slug;

const REFUSED: Problem = Problem::Unauthenticated(
    "the key is unknown, expired or revoked; send `Authorization: Bearer cs_…`, or no such header to read as anybody may",
);

/// What a key allows; each role allows what the one before it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Role {
    /// Reading, with a higher quota.
    Reader,
    /// Writing, and reading drafts and internal datasets.
    Editor,
    /// Datasets, and undoing merges.
    Admin,
}

impl Role {
    /// Its name in the database and on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    fn of(code: &str) -> Option<Self> {
        [Self::Reader, Self::Editor, Self::Admin].into_iter().find(|role| role.code() == code)
    }
}

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// Anybody.
    Anonymous,
    /// The holder of a key.
    Keyed {
        /// Which key.
        key: Uuid,
        /// What it allows.
        role: Role,
    },
}

impl Caller {
    /// Whether a key was sent, so that the answer may be for its holder alone.
    pub fn has_key(&self) -> bool {
        matches!(self, Self::Keyed { .. })
    }

    /// Whether drafts, retracted records and internal datasets may be shown.
    pub fn is_editor(&self) -> bool {
        matches!(self, Self::Keyed { role, .. } if *role >= Role::Editor)
    }

    /// What may be shown to the caller, who asks for records in certain states.
    ///
    /// # Errors
    /// Drafts and retracted records are for editors.
    pub fn view(&self, states: Option<&AnyOf<RecordState>>) -> Result<View, Problem> {
        let states = states.map_or_else(|| vec![RecordState::Published.code()], AnyOf::codes);
        let ordinary = states.iter().all(|state| *state == RecordState::Published.code());
        match self {
            _ if ordinary || self.is_editor() => Ok(View { states, internal: self.is_editor(), hidden: Vec::new() }),
            Self::Anonymous => {
                Err(Problem::Unauthenticated("drafts and retracted records are for editors; send a key"))
            }
            Self::Keyed { .. } => Err(Problem::Forbidden("drafts and retracted records are for editors")),
        }
    }

    /// Finds out who sends a request.
    ///
    /// # Errors
    /// An `Authorization` header that is not a good key is refused, also where none is needed: a caller who believes to
    /// be known must not be served as a stranger.
    pub async fn identify(request: &ServiceRequest, database: &Database) -> Result<Self, Problem> {
        let Some(header) = request.headers().get(AUTHORIZATION) else {
            return Ok(Self::Anonymous);
        };
        let text = header.to_str().map_err(|_not_text| REFUSED)?;
        let (scheme, key) = text.split_once(' ').ok_or(REFUSED)?;
        if !scheme.eq_ignore_ascii_case("bearer") || !is_key(key) {
            return Err(REFUSED);
        }
        let mut connection = database.connection().await?;
        let found = find(&mut connection, key).await?;
        let (key, role) = found.ok_or(REFUSED)?;
        let role =
            Role::of(&role).ok_or_else(|| Problem::Internal(format!("key {key} has the unknown role {role}")))?;
        Ok(Self::Keyed { key, role })
    }
}

impl View {
    /// What an editor sees who asks for nothing else: what is published, of every dataset.
    pub fn of_editor() -> Self {
        Self { states: vec![RecordState::Published.code()], internal: true, hidden: Vec::new() }
    }

    /// What an editor sees who asks for records in these states: those of every dataset.
    pub fn of_states(states: Option<&AnyOf<RecordState>>) -> Self {
        states.map_or_else(Self::of_editor, |states| Self { states: states.codes(), ..Self::of_editor() })
    }

    /// What an editor works on: every dataset, drafts as well.
    pub fn of_live() -> Self {
        Self { states: vec![RecordState::Published.code(), RecordState::Draft.code()], ..Self::of_editor() }
    }

    /// Whether it shows what anybody may see, and no more.
    pub fn is_public(&self) -> bool {
        !self.internal && self.states.iter().all(|state| *state == RecordState::Published.code())
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(request.extensions().get::<Self>().copied().unwrap_or(Self::Anonymous)))
    }
}

/// The holder of a key that may write. As an argument of a handler it is the permission.
#[derive(Clone, Copy, Debug)]
pub struct Editor {
    /// Which key.
    pub key: Uuid,
}

impl FromRequest for Editor {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let key = holder(request, Role::Editor, "this is for editors; the key only reads");
        ready(key.map(|key| Self { key }))
    }
}

/// The holder of a key that may do what cannot be left to every editor. As an argument of a handler it is the permission.
#[derive(Clone, Copy, Debug)]
pub struct Admin {
    /// Which key.
    pub key: Uuid,
}

impl FromRequest for Admin {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let key = holder(request, Role::Admin, "this is for admins; the key has another role");
        ready(key.map(|key| Self { key }))
    }
}

/// The key that a request was sent with, if it has the role; otherwise says why not.
fn holder(request: &HttpRequest, needed: Role, refusal: &'static str) -> Result<Uuid, Problem> {
    match request.extensions().get::<Caller>() {
        Some(Caller::Keyed { key, role }) if *role >= needed => Ok(*key),
        Some(Caller::Keyed { .. }) => Err(Problem::Forbidden(refusal)),
        Some(Caller::Anonymous) | None => {
            Err(Problem::Unauthenticated("this needs a key: `Authorization: Bearer cs_…`"))
        }
    }
}

/// Which records a caller may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Those in these states.
    pub states: Vec<&'static str>,
    /// Those of internal datasets too.
    pub internal: bool,
    /// Those of every dataset but these; filled in by [`Database::read_as`].
    pub hidden: Vec<Slug>,
}

/// A key as `civicspace keys list` shows it.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = api_keys)]
pub struct KeyRow {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub name: String,
    /// What it allows.
    pub role: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From when it is no longer taken.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Makes a key and stores its hash. A key is 256 random bits, so a fast hash keeps it as well as a slow one.
///
/// # Errors
/// No randomness, or the database refuses.
pub async fn create(
    connection: &mut AsyncPgConnection,
    name: &str,
    role: Role,
    expires_at: Option<DateTime<Utc>>,
) -> Result<String, Problem> {
    let mut random = [0_u8; 32];
    getrandom::fill(&mut random).map_err(|error| Problem::Internal(error.to_string()))?;
    let key = format!("cs_{}", BASE64_URL_SAFE_NO_PAD.encode(random));
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::name.eq(name),
            api_keys::role.eq(role.code()),
            api_keys::hash.eq(hash(&key)),
            api_keys::expires_at.eq(expires_at),
        ))
        .execute(connection)
        .await?;
    Ok(key)
}

/// Every key, the newest first.
///
/// # Errors
/// The database fails.
pub async fn list(connection: &mut AsyncPgConnection) -> QueryResult<Vec<KeyRow>> {
    api_keys::table.select(KeyRow::as_select()).order(api_keys::created_at.desc()).load(connection).await
}

/// Revokes a key; false if there is none of this id that is not revoked already.
///
/// # Errors
/// The database fails.
pub async fn revoke(connection: &mut AsyncPgConnection, id: Uuid) -> QueryResult<bool> {
    let good = api_keys::table.filter(api_keys::id.eq(id)).filter(api_keys::revoked_at.is_null());
    let changed = diesel::update(good).set(api_keys::revoked_at.eq(diesel::dsl::now)).execute(connection).await?;
    Ok(changed == 1)
}

/// The id and role of a key that is known, current and not revoked.
async fn find(connection: &mut AsyncPgConnection, key: &str) -> QueryResult<Option<(Uuid, String)>> {
    api_keys::table
        .filter(api_keys::hash.eq(hash(key)))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(diesel::dsl::now)))
        .select((api_keys::id, api_keys::role))
        .first(connection)
        .await
        .optional()
}

/// Whether a text has the shape of a key; anything else is refused without asking the database.
fn is_key(text: &str) -> bool {
    let random = text.strip_prefix("cs_").unwrap_or_default();
    random.len() == 43 && random.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

fn hash(key: &str) -> Vec<u8> {
    Sha256::digest(key.as_bytes()).to_vec()
}
