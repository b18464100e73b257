//! Reading the vocabularies over HTTP.

use actix_web::{get, web};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde::Serialize;
use utoipa::ToSchema;

use super::served::{Label, Term, VocabularyList, vocabularies};
use crate::db::Database;
use crate::db::schema::tags;
use crate::http::problem::Problem;
use crate::http::reply::Reply;

/// Every controlled list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Vocabularies {
    /// The lists.
    #[schema(max_items = 100)]
    pub data: Vec<VocabularyList>,
}

/// List vocabularies
///
/// Every controlled list: each code with its label in English and Russian, its meaning, and what other systems call it.
/// Codes are never used again for something else.
///
/// ```sh
/// curl http://127.0.0.1:8080/v1/vocabularies
/// ```
#[utoipa::path(tag = "vocabularies", responses((status = 200, description = "The vocabularies.", body = Vocabularies)))]
#[get("/v1/vocabularies")]
pub(crate) async fn list_vocabularies(database: web::Data<Database>) -> Result<Reply<Vocabularies>, Problem> {
    let mut connection = database.connection().await?;
    let rows: Vec<(String, String, String, String)> = tags::table
        .order(tags::tag)
        .select((tags::tag, tags::label_en, tags::label_ru, tags::description))
        .load(&mut *connection)
        .await?;
    let terms =
        rows.into_iter().map(|(tag, en, ru, description)| Term::new(tag, Label::new(en, ru), description)).collect();
    let mut data = vocabularies();
    data.push(VocabularyList::new("tag", "What incidents are also about; editors add to this list.", terms));
    Ok(Reply::of(Vocabularies { data }))
}
