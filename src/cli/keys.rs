//! `civicspace keys`: make, list and revoke keys.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use clap::Subcommand;
use uuid::Uuid;

use super::{Failure, say};
use crate::db::Database;
use crate::http::auth::{self, Role};

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Make a key and print it, this once; only its hash is stored
    Create {
        /// What the key allows
        #[arg(long, value_enum)]
        role: Role,
        /// Whose it is
        #[arg(long)]
        name: String,
        /// The first day, in UTC, on which it is no longer taken [YYYY-MM-DD]
        #[arg(long, value_name = "DAY")]
        expires: Option<NaiveDate>,
    },
    /// List keys: id, role, whether it is taken, name
    List,
    /// Revoke a key
    Revoke {
        /// The id of the key
        id: Uuid,
    },
}

/// Runs a command on keys.
pub(super) async fn run(database: &Database, command: KeysCommand) -> Result<(), Failure> {
    let mut connection = database.connection().await?;
    match command {
        KeysCommand::Create { role, name, expires } => {
            if !(1..=500).contains(&name.chars().count()) || name.chars().any(char::is_control) {
                return Err(Failure::Usage("--name is 1 to 500 characters on one line".to_owned()));
            }
            let expires = expires.map(|day| day.and_time(NaiveTime::MIN).and_utc());
            say(&auth::create(&mut connection, &name, role, expires).await?)?;
        }
        KeysCommand::List => {
            for key in auth::list(&mut connection).await? {
                say(&format!("{}\t{}\t{}\t{}", key.id, key.role, state(&key, Utc::now()), key.name))?;
            }
        }
        KeysCommand::Revoke { id } => {
            if !auth::revoke(&mut connection, id).await? {
                return Err(Failure::Failed(format!("there is no key {id} that is not revoked already")));
            }
        }
    }
    Ok(())
}

fn state(key: &auth::KeyRow, now: DateTime<Utc>) -> &'static str {
    if key.revoked_at.is_some() {
        "revoked"
    } else if key.expires_at.is_some_and(|moment| moment <= now) {
        "expired"
    } else {
        "good"
    }
}
