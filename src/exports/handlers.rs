//! Exports over HTTP: an operation for each file. What is said of a format and of columns, the document adds for all: see
//! [`table`](super::table).

use actix_web::{HttpRequest, HttpResponse, get, web};

use super::answer::{Exports, FileFormat, Trim};
use super::ftm::FtmEntity;
use super::rows::{FigureOf, LegalStepOf, ParticipantOf};
use super::table::{FeatureCollection, FtmLine, Table};
use crate::articles::Article;
use crate::articles::filter::ArticleFilter;
use crate::entities::Entity;
use crate::entities::filter::EntityFilter;
use crate::http::auth::Caller;
use crate::http::problem::Problem;
use crate::http::query::Query;
use crate::incidents::Incident;
use crate::incidents::filter::IncidentFilter;

/// Operations that give all records of a filter as a file: where, what, which, and how it is written down.
macro_rules! files {
    ($($(#[$about:meta])+ $name:ident: $path:literal, $records:ident by $filter:ident as $format:ident, $content_type:literal of $body:ident, in $tag:literal;)+) => {$(
        $(#[$about])+
        #[utoipa::path(
            tag = $tag,
            params($filter, Trim),
            responses(
                (status = 200, description = "The file.", content_type = $content_type, body = $body),
                (status = 403, description = "Drafts and retracted records are for editors.")
            )
        )]
        #[get($path)]
        pub(crate) async fn $name(
            request: HttpRequest,
            caller: Caller,
            Query(filter): Query<$filter>,
            Query(trim): Query<Trim>,
            exports: web::Data<Exports>,
        ) -> Result<HttpResponse, Problem> {
            exports.answer::<$records>(&request, &caller, FileFormat::$format, filter, trim).await
        }
    )+};
}

files! {
    /// Export articles as CSV
    ///
    /// All articles that fit every filter, a row each.
    ///
    /// ```sh
    /// curl 'http://127.0.0.1:8080/v1/articles.csv?language=en' -o articles.csv
    /// ```
    export_articles_csv: "/v1/articles.csv", Article by ArticleFilter as Csv, "text/csv" of Table, in "articles";

    /// Export articles as NDJSON
    ///
    /// All articles that fit every filter, a JSON object a line, in the shape that the list gives.
    ///
    /// ```sh
    /// curl --compressed 'http://127.0.0.1:8080/v1/articles.ndjson?language=en' -o articles.ndjson
    /// ```
    export_articles_ndjson: "/v1/articles.ndjson", Article by ArticleFilter as Ndjson, "application/x-ndjson" of Article, in "articles";

    /// Export entities as CSV
    ///
    /// All entities that fit every filter, a row each.
    ///
    /// ```sh
    /// curl 'http://127.0.0.1:8080/v1/entities.csv?kind=person' -o entities.csv
    /// ```
    export_entities_csv: "/v1/entities.csv", Entity by EntityFilter as Csv, "text/csv" of Table, in "entities";

    /// Export entities as NDJSON
    ///
    /// All entities that fit every filter, a JSON object a line, in the shape that the list gives.
    ///
    /// ```sh
    /// curl --compressed 'http://127.0.0.1:8080/v1/entities.ndjson?kind=person' -o entities.ndjson
    /// ```
    export_entities_ndjson: "/v1/entities.ndjson", Entity by EntityFilter as Ndjson, "application/x-ndjson" of Entity, in "entities";

    /// Export incidents as CSV
    ///
    /// All incidents that fit every filter, a row each.
    ///
    /// ```sh
    /// curl 'http://127.0.0.1:8080/v1/incidents.csv?country=KG' -o incidents.csv
    /// ```
    export_incidents_csv: "/v1/incidents.csv", Incident by IncidentFilter as Csv, "text/csv" of Table, in "incidents";

    /// Export incidents as NDJSON
    ///
    /// All incidents that fit every filter, a JSON object a line, in the shape that the list gives.
    ///
    /// ```sh
    /// curl --compressed 'http://127.0.0.1:8080/v1/incidents.ndjson?country=KG' -o incidents.ndjson
    /// ```
    export_incidents_ndjson: "/v1/incidents.ndjson", Incident by IncidentFilter as Ndjson, "application/x-ndjson" of Incident, in "incidents";

    /// Export incidents as a map
    ///
    /// All incidents that fit every filter as one `FeatureCollection` of RFC 7946, a feature each. The geometry
    /// is the point in longitude and latitude, WGS 84, or null if there is none. The properties are the columns of the CSV but `lat` and
    /// `lon`; lists are lists, and what is not known is null.
    ///
    /// `precision` among them says what the point stands for: one of a `region` or `country` is no pin on a map.
    ///
    /// ```sh
    /// curl 'http://127.0.0.1:8080/v1/incidents.geojson?country=KG&kind=assembly' -o assemblies.geojson
    /// ```
    export_incidents_geojson: "/v1/incidents.geojson", Incident by IncidentFilter as GeoJson, "application/geo+json" of FeatureCollection, in "incidents";

    /// Export figures as CSV
    ///
    /// The figures of all incidents that fit every filter, a row each, with what identifies the incident in front. `measure`, `min_figure`,
    /// `claimant_class` and `entity` also select the figures: those of these measures, of at least so many, that such a claimant, or this
    /// entity, gave.
    ///
    /// ```sh
    /// curl 'http://127.0.0.1:8080/v1/figures.csv?measure=detained' -o figures.csv
    /// ```
    export_figures_csv: "/v1/figures.csv", FigureOf by IncidentFilter as Csv, "text/csv" of Table, in "incidents";

    /// Export figures as NDJSON
    ///
    /// The figures of all incidents that fit every filter, a JSON object a line, whose members are the columns of the CSV; lists are
    /// lists, and what is not known is null. `measure`, `min_figure`, `claimant_class` and `entity` also select the figures: those of these
    /// measures, of at least so many, that such a claimant, or this entity, gave.
    ///
    /// ```sh
    /// curl --compressed 'http://127.0.0.1:8080/v1/figures.ndjson?measure=detained' -o figures.ndjson
    /// ```
    export_figures_ndjson: "/v1/figures.ndjson", FigureOf by IncidentFilter as Ndjson, "application/x-ndjson" of Table, in "incidents";

    /// Export participants as CSV
    ///
    /// The participants of all incidents that fit every filter, a row each, with what identifies the incident in front. `entity` and `role`
    /// also select the participants: those that are this entity, and those in these roles.
    ///
    /// ```sh
    /// curl 'http://127.0.0.1:8080/v1/participants.csv?role=target' -o participants.csv
    /// ```
    export_participants_csv: "/v1/participants.csv", ParticipantOf by IncidentFilter as Csv, "text/csv" of Table, in "incidents";

    /// Export participants as NDJSON
    ///
    /// The participants of all incidents that fit every filter, a JSON object a line, whose members are the columns of the CSV; lists are
    /// lists, and what is not known is null. `entity` and `role` also select the participants: those that are this entity, and those in
    /// these roles.
    ///
    /// ```sh
    /// curl --compressed 'http://127.0.0.1:8080/v1/participants.ndjson?role=target' -o participants.ndjson
    /// ```
    export_participants_ndjson: "/v1/participants.ndjson", ParticipantOf by IncidentFilter as Ndjson, "application/x-ndjson" of Table, in "incidents";

    /// Export legal steps as CSV
    ///
    /// The legal steps of all incidents that fit every filter, a row each, with what identifies the incident in front. `entity` and `step`
    /// also select the legal steps: those of this person, and these steps.
    ///
    /// ```sh
    /// curl 'http://127.0.0.1:8080/v1/legal_steps.csv?step=sentenced' -o legal_steps.csv
    /// ```
    export_legal_steps_csv: "/v1/legal_steps.csv", LegalStepOf by IncidentFilter as Csv, "text/csv" of Table, in "incidents";

    /// Export legal steps as NDJSON
    ///
    /// The legal steps of all incidents that fit every filter, a JSON object a line, whose members are the columns of the CSV; lists are
    /// lists, and what is not known is null. `entity` and `step` also select the legal steps: those of this person, and these steps.
    ///
    /// ```sh
    /// curl --compressed 'http://127.0.0.1:8080/v1/legal_steps.ndjson?step=sentenced' -o legal_steps.ndjson
    /// ```
    export_legal_steps_ndjson: "/v1/legal_steps.ndjson", LegalStepOf by IncidentFilter as Ndjson, "application/x-ndjson" of Table, in "incidents";
}

#[cfg(feature = "parquet")]
files! {
    /// Export articles as Parquet
    ///
    /// All articles that fit every filter, a row each, with the columns of the CSV.
    ///
    /// ```sh
    /// curl 'http://127.0.0.1:8080/v1/articles.parquet?language=en' -o articles.parquet
    /// ```
    export_articles_parquet: "/v1/articles.parquet", Article by ArticleFilter as Parquet, "application/vnd.apache.parquet" of Table, in "articles";

    /// Export entities as Parquet
    ///
    /// All entities that fit every filter, a row each, with the columns of the CSV.
    ///
    /// ```sh
    /// curl 'http://127.0.0.1:8080/v1/entities.parquet?kind=person' -o entities.parquet
    /// ```
    export_entities_parquet: "/v1/entities.parquet", Entity by EntityFilter as Parquet, "application/vnd.apache.parquet" of Table, in "entities";

    /// Export incidents as Parquet
    ///
    /// All incidents that fit every filter, a row each, with the columns of the CSV.
    ///
    /// ```sh
    /// curl 'http://127.0.0.1:8080/v1/incidents.parquet?country=KG' -o incidents.parquet
    /// ```
    export_incidents_parquet: "/v1/incidents.parquet", Incident by IncidentFilter as Parquet, "application/vnd.apache.parquet" of Table, in "incidents";

    /// Export figures as Parquet
    ///
    /// The figures of all incidents that fit every filter, a row each, with the columns of the CSV. `measure`, `min_figure`,
    /// `claimant_class` and `entity` also select the figures, as they do there.
    ///
    /// ```sh
    /// curl 'http://127.0.0.1:8080/v1/figures.parquet?measure=detained' -o figures.parquet
    /// ```
    export_figures_parquet: "/v1/figures.parquet", FigureOf by IncidentFilter as Parquet, "application/vnd.apache.parquet" of Table, in "incidents";

    /// Export participants as Parquet
    ///
    /// The participants of all incidents that fit every filter, a row each, with the columns of the CSV. `entity` and `role` also select the
    /// participants, as they do there.
    ///
    /// ```sh
    /// curl 'http://127.0.0.1:8080/v1/participants.parquet?role=target' -o participants.parquet
    /// ```
    export_participants_parquet: "/v1/participants.parquet", ParticipantOf by IncidentFilter as Parquet, "application/vnd.apache.parquet" of Table, in "incidents";

    /// Export legal steps as Parquet
    ///
    /// The legal steps of all incidents that fit every filter, a row each, with the columns of the CSV. `entity` and `step` also select the
    /// legal steps, as they do there.
    ///
    /// ```sh
    /// curl 'http://127.0.0.1:8080/v1/legal_steps.parquet?step=sentenced' -o legal_steps.parquet
    /// ```
    export_legal_steps_parquet: "/v1/legal_steps.parquet", LegalStepOf by IncidentFilter as Parquet, "application/vnd.apache.parquet" of Table, in "incidents";
}

/// Export entities for Aleph
///
/// All entities that fit every filter in the data model of [FollowTheMoney](https://followthemoney.tech), one a line, as Aleph and
/// the Python package `followthemoney` read them: first the entities with the relations that start from them, then the published
/// incidents in which they take part, as `Event`, each with a link for every part in it. Ids of things and events are those of
/// the API; those of relations and links are made of what they join, and stay the same.
///
/// Where its model has no word for a relation, it is an `UnknownLink` with its role. Not there are figures, legal steps, points and
/// those who take part without a name. With a filter, the other end of a relation may lie outside of the file.
///
/// ```sh
/// curl --compressed 'http://127.0.0.1:8080/v1/entities.ftm.ndjson?kind=person' -o persons.ftm.ndjson
/// ```
#[utoipa::path(
    tag = "entities",
    params(EntityFilter),
    responses(
        (status = 200, description = "The file.", content_type = "application/x-ndjson", body = FtmLine),
        (status = 403, description = "Drafts and retracted records are for editors.")
    )
)]
#[get("/v1/entities.ftm.ndjson")]
pub(crate) async fn export_entities_ftm(
    request: HttpRequest,
    caller: Caller,
    Query(filter): Query<EntityFilter>,
    exports: web::Data<Exports>,
) -> Result<HttpResponse, Problem> {
    exports.answer::<FtmEntity>(&request, &caller, FileFormat::Ftm, filter, Trim::default()).await
}
