//! Routes, middleware and document: the one place that the server, the tests and the specification are built from.

mod examples;

use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, Error, web};
use serde_json::{Value, json};
use utoipa::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use self::examples::EXAMPLES;
use crate::articles::NewArticle;
use crate::config::Config;
use crate::datasets::NewDataset;
use crate::db::Database;
use crate::duplicates::NewDecision;
use crate::entities::NewEntity;
use crate::exports::Exports;
use crate::feeds::Site;
use crate::history::{self, Growth};
use crate::http::client::TrustedProxies;
use crate::http::cursor::CursorSecret;
use crate::http::envelope::envelope;
use crate::http::gate::{Limits, Paths, gate};
use crate::http::kept::Kept;
use crate::http::pages::DocumentText;
use crate::http::problem::Problem;
use crate::http::quota::Quotas;
use crate::http::{document, health, pages};
use crate::incidents::NewIncident;
use crate::matching::NewMatch;
use crate::snapshots::{Folder, SnapshotOptions};
use crate::writing::NewRecord;
use crate::writing::merging::{self, NewMerge, NewUnmerge};
use crate::writing::schema::BodySchemas;
use crate::{
    articles, codebook, datasets, duplicates, entities, exports, feeds, incidents, matching, search, snapshots, stats,
    suggest,
};

/// The schemas that bodies are held against.
const BODIES: [&str; 8] = [
    NewArticle::SCHEMA,
    NewEntity::SCHEMA,
    NewIncident::SCHEMA,
    NewDataset::SCHEMA,
    NewMerge::SCHEMA,
    NewUnmerge::SCHEMA,
    NewMatch::SCHEMA,
    NewDecision::SCHEMA,
];

#[derive(OpenApi)]
#[openapi(
    info(
        title = "civicspace",
        description = "Incidents in civic space (protests, detentions, trials, raids, blockings, restrictive laws), the articles that report them, and the people and bodies that take part. Reads need no key.",
        contact(name = "civicspace", url = "https://civicspace.example", email = "api@civicspace.example"),
        license(name = "Apache-2.0", url = "https://www.apache.org/licenses/LICENSE-2.0"),
    ),
    components(schemas(
        crate::http::problem::ProblemBody, crate::http::problem::GoneBody,
        crate::http::parameters::KindOrCategory,
        crate::http::area::Degrees, crate::values::MergedInto, articles::filter::ArticleSort,
        entities::filter::EntitySort, incidents::filter::IncidentSort,
        stats::Grouping,
    )),
    tags(
        (name = "articles", description = "The reports that incidents are coded from."),
        (name = "changes", description = "What changed, in order: for those who keep a copy."),
        (name = "datasets", description = "Where records come from, and on what terms they may be passed on."),
        (name = "documentation", description = "This document, and pages for people."),
        (name = "entities", description = "The people, organisations, authorities, media, laws and places that take part."),
        (name = "feeds", description = "What changed last, for readers of feeds."),
        (name = "incidents", description = "Events in civic space."),
        (name = "operations", description = "For those who run a server."),
        (name = "search", description = "Finding records by words and names."),
        (name = "snapshots", description = "Everything at once, in files: for those who begin a copy."),
        (name = "vocabularies", description = "The codes, and what they mean."),
    ),
)]
struct Description;

/// Every route. What is not registered here is neither served nor documented.
fn routes(config: &mut ServiceConfig) {
    config
        .service(articles::list_articles)
        .service(articles::create_article)
        .service(articles::load_articles)
        .service(articles::get_article)
        .service(articles::patch_article)
        .service(articles::delete_article)
        .service(merging::merge_article)
        .service(merging::unmerge_article)
        .service(entities::list_entities)
        .service(entities::create_entity)
        .service(entities::load_entities)
        .service(entities::get_entity)
        .service(entities::get_entity_timeline)
        .service(entities::list_entity_connections)
        .service(entities::patch_entity)
        .service(entities::delete_entity)
        .service(merging::merge_entity)
        .service(merging::unmerge_entity)
        .service(matching::match_entities)
        .service(duplicates::list_similar_articles)
        .service(duplicates::decide_similar_article)
        .service(duplicates::list_similar_entities)
        .service(duplicates::decide_similar_entity)
        .service(duplicates::list_similar_incidents)
        .service(duplicates::decide_similar_incident)
        .service(incidents::list_incidents)
        .service(incidents::create_incident)
        .service(incidents::load_incidents)
        .service(incidents::get_incident)
        .service(incidents::patch_incident)
        .service(incidents::delete_incident)
        .service(merging::merge_incident)
        .service(merging::unmerge_incident)
        .service(datasets::list_datasets)
        .service(datasets::create_dataset)
        .service(datasets::get_dataset)
        .service(datasets::patch_dataset)
        .service(history::list_article_revisions)
        .service(history::list_entity_revisions)
        .service(history::list_incident_revisions)
        .service(history::list_changes)
        .service(exports::export_articles_csv)
        .service(exports::export_articles_ndjson)
        .service(exports::export_entities_csv)
        .service(exports::export_entities_ftm)
        .service(exports::export_entities_ndjson)
        .service(exports::export_incidents_csv)
        .service(exports::export_incidents_geojson)
        .service(exports::export_incidents_ndjson)
        .service(exports::export_figures_csv)
        .service(exports::export_figures_ndjson)
        .service(exports::export_legal_steps_csv)
        .service(exports::export_legal_steps_ndjson)
        .service(exports::export_participants_csv)
        .service(exports::export_participants_ndjson)
        .service(snapshots::list_snapshots)
        .service(snapshots::get_snapshot_file)
        .service(feeds::get_article_feed)
        .service(feeds::get_incident_feed)
        .service(stats::count_incidents)
        .service(search::search)
        .service(suggest::suggest)
        .service(codebook::list_vocabularies)
        .service(pages::get_openapi)
        .service(pages::get_docs)
        .service(pages::get_docs_file)
        .service(pages::get_problem)
        .service(health::get_livez)
        .service(health::get_readyz);
    #[cfg(feature = "parquet")]
    config
        .service(exports::export_articles_parquet)
        .service(exports::export_entities_parquet)
        .service(exports::export_incidents_parquet)
        .service(exports::export_figures_parquet)
        .service(exports::export_legal_steps_parquet)
        .service(exports::export_participants_parquet);
}

/// The `OpenAPI` document, for a server that callers reach at this URL.
pub fn document(public_url: Option<&str>) -> Value {
    let (_, mut collected) =
        App::new().into_utoipa_app().openapi(Description::openapi()).configure(routes).split_for_parts();
    let key = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("cs_…")
        .description(Some("A key, which raises the quota and, by its role, allows more. Reads need none."))
        .build();
    collected.components.get_or_insert_default().add_security_scheme("key", SecurityScheme::Http(key));
    let mut document = serde_json::to_value(&collected).unwrap_or_default();
    document["servers"] = json!([{
        "url": public_url.unwrap_or("/"),
        "description": "The server that this document comes from, in production or local.",
        "x-internal": false
    }]);
    let mut document = document::finish(document, EXAMPLES);
    exports::table::describe(&mut document);
    document
}

/// What the handlers and the middleware of all workers share.
#[derive(Clone)]
pub struct State {
    database: web::Data<Database>,
    secret: web::Data<CursorSecret>,
    quotas: web::Data<Quotas>,
    proxies: web::Data<TrustedProxies>,
    limits: web::Data<Limits>,
    paths: web::Data<Paths>,
    schemas: web::Data<BodySchemas>,
    growth: web::Data<Growth>,
    text: web::Data<DocumentText>,
    site: web::Data<Site>,
    kept: web::Data<Kept>,
    folder: web::Data<Folder>,
    exports: web::Data<Exports>,
    snapshots: SnapshotOptions,
}

impl State {
    /// The state of a server on a database that is migrated.
    ///
    /// # Errors
    /// The database fails.
    pub async fn new(config: &Config, database: Database) -> Result<Self, Problem> {
        let document = document(config.public_url.as_deref());
        Ok(Self {
            secret: web::Data::new(database.cursor_secret().await?),
            growth: web::Data::new(Growth::of(&database)),
            exports: web::Data::new(Exports::of(&database, &config.database, config.exports)),
            database: web::Data::new(database),
            quotas: web::Data::new(Quotas::new(config.anonymous_quota, config.key_quota)),
            proxies: web::Data::new(config.trusted_proxies.clone()),
            limits: web::Data::new(Limits { body: config.max_body, batch: config.max_batch }),
            paths: web::Data::new(Paths::of(&document)),
            schemas: web::Data::new(BodySchemas::of(&document, &BODIES)?),
            site: web::Data::new(Site(config.public_url.clone())),
            text: web::Data::new(DocumentText(Arc::from(document.to_string()))),
            kept: web::Data::new(Kept::none()),
            folder: web::Data::new(Folder::new(config.snapshots.directory.clone())),
            snapshots: config.snapshots.clone(),
        })
    }
}

impl State {
    /// Looks after the snapshots for as long as it is polled.
    pub fn keep_snapshots(&self) -> impl Future<Output = ()> + use<> {
        snapshots::keep(self.database.as_ref().clone(), self.snapshots.clone(), self.growth.subscribe())
    }

    /// Lets through what another document lists: for a test that adds a route of its own.
    pub fn serve_only(&mut self, document: &Value) {
        self.paths = web::Data::new(Paths::of(document));
    }
}

/// The application that each worker runs.
pub fn application(
    state: State,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(state.database)
        .app_data(state.secret)
        .app_data(state.quotas)
        .app_data(state.proxies)
        .app_data(state.limits)
        .app_data(state.paths)
        .app_data(state.schemas)
        .app_data(state.growth)
        .app_data(state.text)
        .app_data(state.site)
        .app_data(state.kept)
        .app_data(state.folder)
        .app_data(state.exports)
        .wrap(from_fn(gate))
        .wrap(Compress::default())
        .wrap(from_fn(envelope))
        .into_utoipa_app()
        .configure(routes)
        .into_app()
}
