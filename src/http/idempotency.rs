//! `Idempotency-Key`: a request that is sent again is answered again, not carried out again.
//!
//! The answer is stored in the transaction of its effect, so there is never the one without the other.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::HeaderName;
use actix_web::{FromRequest, HttpRequest};
use diesel::dsl::{IntervalDsl, now};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::fault::Fault;
use super::problem::Problem;
use crate::db::Database;
use crate::db::schema::idempotency_keys;

/// The header that names a request.
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// For how many days an answer is given again.
const KEPT_DAYS: i32 = 1;

/// The name that a caller gives to a request, if it does: 1 to 200 visible ASCII characters.
#[derive(Clone, Debug)]
pub struct IdempotencyKey(pub Option<String>);

impl FromRequest for IdempotencyKey {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = request.headers().get_all(IDEMPOTENCY_KEY);
        ready(match (values.next(), values.next()) {
            (None, _) => Ok(Self(None)),
            (Some(value), None)
                if (1..=200).contains(&value.len())
                    && value.as_bytes().iter().all(|byte| (0x21..=0x7e).contains(byte)) =>
            {
                Ok(Self(Some(String::from_utf8_lossy(value.as_bytes()).into_owned())))
            }
            _ => Err(Problem::InvalidParameter(vec![Fault::header(
                "Idempotency-Key",
                "must be 1 to 200 visible ASCII characters, and stand once",
            )])),
        })
    }
}

impl IdempotencyKey {
    /// Does everything of a request in one transaction, and answers what came of it; or, if the same request was
    /// answered before, that answer again. `caller` is the key that it was sent with.
    ///
    /// # Errors
    /// Those of the work, and 409 and 422 by the name: see [`NamedRequest::begin`].
    pub async fn once(
        self,
        database: &Database,
        caller: Uuid,
        path: &str,
        body: &Value,
        work: impl AsyncFn(&mut AsyncPgConnection) -> Result<StoredAnswer, Problem>,
    ) -> Result<StoredAnswer, Problem> {
        let named = self.0.map(|name| NamedRequest::new(caller, name, path, body.to_string().as_bytes()));
        database
            .write(async |connection: &mut AsyncPgConnection| {
                if let Some(named) = &named
                    && let Some(answer) = named.begin(connection).await?
                {
                    return Ok(answer);
                }
                let answer = work(connection).await?;
                if let Some(named) = &named {
                    named.finish(connection, &answer).await?;
                }
                Ok(answer)
            })
            .await
    }
}

/// An answer that was stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
pub struct StoredAnswer {
    /// Its status.
    pub status: i16,
    /// Its `Location`.
    pub location: String,
    /// Its body.
    pub body: Vec<u8>,
}

/// A request that carries a key.
#[derive(Clone, Debug)]
pub struct NamedRequest {
    key: Uuid,
    name: String,
    digest: Vec<u8>,
}

impl NamedRequest {
    /// A request to a path with a body, under a name that the holder of a key gave to it.
    pub fn new(key: Uuid, name: String, path: &str, body: &[u8]) -> Self {
        let digest = Sha256::new().chain_update(path).chain_update([0]).chain_update(body).finalize().to_vec();
        Self { key, name, digest }
    }

    /// The answer that was given before, if one was. Otherwise the name is taken until the transaction ends.
    ///
    /// # Errors
    /// 409 while a twin of the request is being carried out, 422 if another request has the name.
    pub async fn begin(&self, connection: &mut AsyncPgConnection) -> Result<Option<StoredAnswer>, Problem> {
        #[derive(QueryableByName)]
        struct Taken {
            #[diesel(sql_type = Bool)]
            taken: bool,
        }
        let id = Sha256::new().chain_update(self.key).chain_update(&self.name).finalize();
        let lock = i64::from_be_bytes(id.first_chunk::<8>().copied().unwrap_or_default());
        let query = diesel::sql_query("SELECT pg_try_advisory_xact_lock($1) AS taken").bind::<BigInt, _>(lock);
        if !query.get_result::<Taken>(connection).await?.taken {
            return Err(Problem::InFlight);
        }
        let stored = idempotency_keys::table
            .find((self.key, &self.name))
            .filter(idempotency_keys::at.gt(now.into_sql::<Timestamptz>() - KEPT_DAYS.days()))
            .select((idempotency_keys::digest, StoredAnswer::as_select()))
            .first::<(Vec<u8>, StoredAnswer)>(connection)
            .await
            .optional()?;
        match stored {
            Some((digest, _)) if digest != self.digest => Err(Problem::KeyReused),
            stored => Ok(stored.map(|(_, answer)| answer)),
        }
    }

    /// Stores the answer, and sweeps those that are no longer given.
    ///
    /// # Errors
    /// The database fails.
    pub async fn finish(&self, connection: &mut AsyncPgConnection, answer: &StoredAnswer) -> QueryResult<()> {
        let stale =
            idempotency_keys::table.filter(idempotency_keys::at.le(now.into_sql::<Timestamptz>() - KEPT_DAYS.days()));
        diesel::delete(stale).execute(connection).await?;
        diesel::insert_into(idempotency_keys::table)
            .values((
                idempotency_keys::key_id.eq(self.key),
                idempotency_keys::name.eq(&self.name),
                idempotency_keys::digest.eq(&self.digest),
                idempotency_keys::status.eq(answer.status),
                idempotency_keys::location.eq(&answer.location),
                idempotency_keys::body.eq(&answer.body),
            ))
            .execute(connection)
            .await?;
        Ok(())
    }
}
