//! Whether the server lives, and whether it can answer.

use actix_web::{HttpResponse, get, web};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::{OUT_OF_REACH, Problem};
use crate::db::Database;

/// That the server is well.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `ok`; anything else is a problem.
    pub status: HealthStatus,
}

/// How the server is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum HealthStatus {
    /// Well.
    Ok,
}

/// Tell whether the server lives
///
/// Answers as long as the process can answer at all, whatever becomes of its database. Costs no quota.
#[utoipa::path(tag = "operations", responses((status = 200, description = "The server lives.", body = Health)))]
#[get("/livez")]
pub(crate) async fn get_livez() -> HttpResponse {
    HttpResponse::Ok().json(Health { status: HealthStatus::Ok })
}

/// Tell whether the server can answer
///
/// Asks the database; 503 while it is out of reach. Send requests to a server only while this answers 200. Costs no quota.
#[utoipa::path(tag = "operations", responses((status = 200, description = "The server can answer.", body = Health)))]
#[get("/readyz")]
pub(crate) async fn get_readyz(database: web::Data<Database>) -> Result<HttpResponse, Problem> {
    let mut connection = database.connection().await?;
    let asked =
        diesel::select(diesel::dsl::sql::<diesel::sql_types::Integer>("1")).get_result::<i32>(&mut connection).await;
    asked.map_err(|_unreachable| Problem::Unavailable(OUT_OF_REACH))?;
    Ok(HttpResponse::Ok().json(Health { status: HealthStatus::Ok }))
}
