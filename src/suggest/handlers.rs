//! Type-ahead over HTTP.

use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::model::{self, Suggestion};
use crate::codebook::{CountryCode, EntityKind};
use crate::db::Database;
use crate::http::auth::Caller;
use crate::http::parameters::{AnyOf, Whole};
use crate::http::problem::Problem;
use crate::http::query::{Parameters, Query};
use crate::http::reply::Reply;

/// What somebody types, and what is suggested.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SuggestFilter {
    /// What was typed so far: two characters or more.
    #[param(value_type = String, min_length = 2, max_length = 100, pattern = r"^[^\u0000-\u001F\u007F]+$", example = "жап")]
    pub(super) q: Beginning,
    /// Only entities of these kinds, and no places.
    #[param(value_type = Option<Vec<EntityKind>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub(super) kind: Option<AnyOf<EntityKind>>,
    /// Only entities and places of these countries.
    #[param(value_type = Option<Vec<CountryCode>>, style = Form, explode = false, min_items = 1, max_items = 200)]
    pub(super) country: Option<AnyOf<CountryCode>>,
    /// How many suggestions at most.
    #[param(value_type = Option<i32>, format = Int32, minimum = 1, maximum = 50, default = 10, example = 10)]
    pub(super) limit: Option<Whole<1, 50>>,
}

impl Parameters for SuggestFilter {}

/// What was typed so far.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Beginning(pub(super) String);

impl TryFrom<String> for Beginning {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let length = text.chars().count();
        if !(2..=100).contains(&length) {
            return Err(format!("has {length} characters and takes 2 to 100"));
        }
        if text.chars().any(|letter| letter.is_ascii_control()) {
            return Err("holds a control character".to_owned());
        }
        Ok(Self(text))
    }
}

/// What may be meant.
#[derive(Debug, Serialize, ToSchema)]
pub struct Suggestions {
    /// The suggestions, the nearest first.
    #[schema(max_items = 50)]
    pub data: Vec<Suggestion>,
}

/// Suggest names
///
/// Completes what somebody types: entities by any of their names, and places where incidents happened, in Latin or Cyrillic
/// letters whichever the name is written in. Every word that was typed is the beginning of a word of the name, in any order.
/// Those that have the words side by side as they were typed, or would if the last word of the name stood before its first,
/// come first, then those that have them elsewhere, then those that would with other letters behind them, as Zhaparov for Z; of
/// each those of which least is left to type, and of equal ones those that take part in more incidents. Of a beginning that very
/// many names have, 100 are looked at of which least is left; of several words that more than 1,000 names have elsewhere, 1,000
/// of those names. More letters find the others.
///
/// ```sh
/// curl -G http://127.0.0.1:8080/v1/suggest --data-urlencode 'q=жап'
/// ```
#[utoipa::path(
    tag = "search",
    params(SuggestFilter),
    responses((status = 200, description = "What may be meant.", body = Suggestions))
)]
#[get("/v1/suggest")]
pub(crate) async fn suggest(
    caller: Caller,
    Query(filter): Query<SuggestFilter>,
    database: web::Data<Database>,
) -> Result<Reply<Suggestions>, Problem> {
    let view = caller.view(None)?;
    let data = database.read_as(view, async |connection, view| model::suggest(connection, &filter, view).await).await?;
    Ok(Reply::of(Suggestions { data }))
}
