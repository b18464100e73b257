//! The versions of a record, the newest first.

use actix_web::{HttpRequest, HttpResponse, Responder, get, web};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::lookup::{Lookup, RecordStatus, unavailable};
use super::{RecordType, reduced, revision};
use crate::codebook::{ChangeReason, RecordState};
use crate::db::Database;
use crate::db::schema::{api_keys, versions};
use crate::http::auth::{Caller, View};
use crate::http::cursor::{CursorSecret, Position, SortKey};
use crate::http::listing::{Found, Page, PageParameters, PageRequest, Total, sort_orders};
use crate::http::parameters::Whole;
use crate::http::problem::Problem;
use crate::http::query::{Parameters, Query};
use crate::http::record::{RecordId, RecordResponses, answer};
use crate::http::reply::Reply;
use crate::values::{ArticleId, EntityId, IncidentId};

sort_orders! {
    /// The order of versions.
    RevisionSort of "versions", default Newest {
        Newest: "-version", by "version", descending true, "The newest first.";
    }
}

/// Which versions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RevisionFilter {
    /// This version alone, with what the record held.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 2_147_483_647, example = 1)]
    version: Option<Whole<1, 2_147_483_647>>,
}

impl Parameters for RevisionFilter {}

/// A version of a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct RevisionEntry {
    /// Its number.
    #[schema(minimum = 1, maximum = 2_147_483_647, example = 2)]
    pub version: i32,
    /// When it was stored.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: ChangeReason,
    /// The members that differ from the version before; of the first, all.
    #[schema(max_items = 100)]
    pub changed: Vec<MemberName>,
    /// Who wrote it, by the name of the key: for editors, null for anybody else and for what no key wrote.
    #[schema(max_length = 500, pattern = r"^[^\u0000-\u001F\u007F]*$", example = "Newsroom")]
    pub by: Option<String>,
    /// What the record held, as the change feed shows it; null unless one version is asked for.
    #[schema(value_type = Option<Object>)]
    pub record: Option<Value>,
}

/// The name of a member of a record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(max_length = 64, pattern = "^[a-z_]+$", example = "title")]
pub struct MemberName(String);

macro_rules! revisions_handler {
    ($(#[doc = $doc:literal])+ $name:ident, $path:literal, $tag:literal, $id:ident, $record_type:expr) => {
        $(#[doc = $doc])+
        #[utoipa::path(
            tag = $tag,
            params(("id" = $id, Path, description = "The id of the record."), RevisionFilter, PageParameters),
            responses((status = 200, description = "A page of versions.", body = Page<RevisionEntry>), RecordResponses)
        )]
        #[get($path)]
        pub(crate) async fn $name(
            request: HttpRequest,
            caller: Caller,
            id: RecordId<$id>,
            Query(filter): Query<RevisionFilter>,
            page: PageRequest<RevisionSort>,
            database: web::Data<Database>,
            secret: web::Data<CursorSecret>,
        ) -> Result<HttpResponse, Problem> {
            let version = filter.version.and_then(|version| i32::try_from(version.get()).ok());
            let found = database
                .read_as(caller.view(None)?, async |connection, view| {
                    list(connection, $record_type, id.0.into(), version, view, &page).await
                })
                .await?;
            match found {
                Lookup::Found(found) if version.is_some() && found.records.is_empty() => {
                    Err(Problem::NotFound("the record has no such version".to_owned()))
                }
                Lookup::Found(found) => Ok(Reply::page(page.page(found, &secret)).respond_to(&request)),
                lookup => answer::<()>(&request, $record_type, id.0.into(), lookup.without(), |()| 0),
            }
        }
    };
}

revisions_handler! {
    /// List the versions of an article
    ///
    /// When it was written, why, and what changed, the newest first. With `version`, that one alone, with what the article held. What was
    /// before its publication is for editors; what was before a change for `safety` or a `legal_request` is for nobody.
    ///
    /// ```sh
    /// curl http://127.0.0.1:8080/v1/articles/00b7bef8-6b7a-575a-9644-a9a9871dc6d0/revisions
    /// ```
    list_article_revisions, "/v1/articles/{id}/revisions", "articles", ArticleId, RecordType::Article
}
revisions_handler! {
    /// List the versions of an entity
    ///
    /// When it was written, why, and what changed, the newest first. With `version`, that one alone, with what the entity held. What was
    /// before its publication is for editors; what was before a change for `safety` or a `legal_request` is for nobody.
    ///
    /// ```sh
    /// curl 'http://127.0.0.1:8080/v1/entities/b7826df4-ed0b-5bec-8339-db6034e65863/revisions?version=1'
    /// ```
    list_entity_revisions, "/v1/entities/{id}/revisions", "entities", EntityId, RecordType::Entity
}
revisions_handler! {
    /// List the versions of an incident
    ///
    /// When it was written, why, and what changed, the newest first. With `version`, that one alone, with what the incident held. What was
    /// before its publication is for editors; what was before a change for `safety` or a `legal_request` is for nobody.
    ///
    /// ```sh
    /// curl http://127.0.0.1:8080/v1/incidents/6e015d53-ebf5-5618-89db-cafcd999fd93/revisions
    /// ```
    list_incident_revisions, "/v1/incidents/{id}/revisions", "incidents", IncidentId, RecordType::Incident
}

#[derive(QueryableByName)]
struct Standing {
    #[diesel(sql_type = Text)]
    state: RecordState,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    merged_into: Option<Uuid>,
    #[diesel(sql_type = Integer)]
    version: i32,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    updated_at: DateTime<Utc>,
    #[diesel(sql_type = Bool)]
    public: bool,
    /// The first version that nobody has asked to be hidden.
    #[diesel(sql_type = Integer)]
    first_kept: i32,
    /// The first version that was published.
    #[diesel(sql_type = Nullable<Integer>)]
    first_published: Option<i32>,
}

async fn list(
    mut connection: &AsyncPgConnection,
    record_type: RecordType,
    id: Uuid,
    version: Option<i32>,
    view: &View,
    page: &PageRequest<RevisionSort>,
) -> QueryResult<Lookup<Found<RevisionEntry>>> {
    let query = format!(
        "SELECT state, merged_into, record.version, record.created_at, record.updated_at, access = 'public' AS public, first_kept, first_published
         FROM {} AS record JOIN datasets ON slug = record.dataset
         CROSS JOIN LATERAL (
            SELECT coalesce(max(version) FILTER (WHERE reason IN ('safety', 'legal_request')), 1) AS first_kept,
                min(version) FILTER (WHERE record->>'state' = 'published') AS first_published
            FROM versions WHERE record_type = $2 AND record_id = $1
         ) AS kept WHERE record.id = $1",
        record_type.plural()
    );
    let query = diesel::sql_query(query).bind::<SqlUuid, _>(id).bind::<Text, _>(record_type.code());
    let Some(standing) = query.get_result::<Standing>(&mut connection).await.optional()? else {
        return Ok(Lookup::Missing);
    };
    let Standing { state, merged_into, version: last, created_at, updated_at, public, first_kept, first_published } =
        standing;
    if !public && !view.internal {
        return Ok(Lookup::Missing);
    }
    // What is withdrawn is no secret to editors.
    if state != RecordState::Retracted || !view.internal || merged_into.is_some() {
        let status = RecordStatus { state, merged_into, version: last, updated_at };
        if let Some(gone) = unavailable(connection, record_type, id, &status, view).await? {
            return Ok(gone);
        }
    }
    let first = if view.internal { first_kept } else { first_kept.max(first_published.unwrap_or(last)) };
    let of_record = || {
        versions::table
            .filter(versions::record_type.eq(record_type.code()))
            .filter(versions::record_id.eq(id))
            .filter(versions::version.ge(first))
    };
    let mut rows = of_record()
        .left_join(api_keys::table.on(versions::key_id.eq(api_keys::id.nullable())))
        .order(versions::version.desc())
        .limit(page.limit + 1)
        .select((
            versions::version,
            versions::at,
            versions::reason,
            versions::changed,
            api_keys::name.nullable(),
            versions::record,
        ))
        .into_boxed();
    if let Some(version) = version {
        rows = rows.filter(versions::version.eq(version));
    }
    if let Some(Position(SortKey::Number(behind), _)) = &page.after {
        rows = rows.filter(versions::version.lt(*behind));
    }
    let rows =
        rows.load::<(i32, DateTime<Utc>, ChangeReason, Vec<String>, Option<String>, Value)>(&mut connection).await?;
    let total =
        if page.include_total { Some(Total::of(of_record().count().get_result(&mut connection).await?)) } else { None };
    let (rows, next) = page.cut(rows, |row| Position(SortKey::Number(row.0), id));
    let entry =
        |(number, at, reason, changed, by, record): (i32, _, _, Vec<String>, Option<String>, _)| RevisionEntry {
            version: number,
            at,
            reason,
            changed: changed.into_iter().map(MemberName).collect(),
            by: by.filter(|_| view.internal),
            record: version.is_some().then(|| reduced(record, id, number, created_at, at)),
        };
    let records = rows.into_iter().map(entry).collect();
    Ok(Lookup::Found(Found { records, next, total, revision: revision(connection).await? }))
}
