//! Incidents as rows.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::db::among::Among;
use crate::exports::columns::Holding::{Code, Day, Id, Moment, Number, Text, Texts, Whole};
use crate::exports::columns::{Cell, Column};
use crate::exports::geojson::GeoJson;
use crate::exports::ndjson::Ndjson;
use crate::exports::{Exported, Format};
use crate::http::auth::View;
use crate::incidents::filter::IncidentFilter;
use crate::incidents::model::of_ids_knowing;
use crate::incidents::refs::Known;
use crate::incidents::{Incident, Participant};
use crate::values::{Line, Tag};

impl Exported for Incident {
    type Of = Self;

    const NAME: &'static str = "incidents";

    const COLUMNS: &'static [Column<Self>] = &[
        Column::new("id", Id, "Its id.", |it| Cell::Id(it.row.id.into())),
        Column::new("version", Whole, "How often it was written.", |it| Cell::Whole(it.row.version.into())),
        Column::new("dataset", Text, "The dataset that it belongs to.", |it| Cell::text(&it.row.dataset)),
        Column::new("external_id", Text, "Its id within the dataset.", |it| {
            Cell::optional(it.row.external_id.as_ref())
        }),
        Column::new("state", Code, "Published, draft or retracted.", |it| Cell::code(it.row.state)),
        Column::new("created_at", Moment, "When it was first stored.", |it| Cell::Moment(it.row.created_at)),
        Column::new("updated_at", Moment, "When this version was stored.", |it| Cell::Moment(it.row.updated_at)),
        Column::new("title", Text, "What happened, in one line.", |it| Cell::text(&it.row.title)),
        Column::new("summary", Text, "What happened.", |it| Cell::text(&it.row.summary)),
        Column::new("kind", Code, "What happened, as a code.", |it| Cell::code(it.row.kind)),
        Column::new("effect", Code, "What it does to civic space.", |it| Cell::code(it.row.effect)),
        Column::new("freedoms", Texts, "The freedoms that it touches.", |it| {
            Cell::codes(it.row.freedoms.iter().copied())
        }),
        Column::new("tags", Texts, "Its tags.", |it| Cell::texts(it.tags.iter().map(Tag::as_str))),
        Column::new("start_date", Day, "The first day, or that of the period in which it lies.", |it| {
            Cell::day(it.row.start_date)
        }),
        Column::new("end_date", Day, "The last day, or that of the period in which it lies.", |it| {
            Cell::day(it.row.end_date)
        }),
        Column::new("date_precision", Code, "How precisely the dates are known.", |it| {
            Cell::code(it.row.date_precision)
        }),
        Column::new("date_wording", Text, "The words in which the source gives the date.", |it| {
            Cell::optional(it.row.date_wording.as_ref())
        }),
        Column::new("country", Code, "The country, as of ISO 3166-1 alpha-2.", |it| {
            Cell::country(it.row.location.country)
        }),
        Column::new("admin1", Text, "The first-order division.", |it| Cell::optional(it.row.location.admin1.as_ref())),
        Column::new("place", Text, "The settlement or place.", |it| Cell::optional(it.row.location.place.as_ref())),
        Column::new("lat", Number, "Latitude in degrees, WGS 84.", |it| Cell::number(it.row.location.lat)),
        Column::new("lon", Number, "Longitude in degrees, WGS 84.", |it| Cell::number(it.row.location.lon)),
        Column::new(
            "precision",
            Code,
            "What the point stands for. One of a `region` or `country` is no pin on a map.",
            |it| Cell::code(it.row.location.precision),
        ),
        Column::new("verification", Code, "How well it is established.", |it| Cell::code(it.row.verification)),
        Column::new("coding_method", Code, "By whom it was made into a record.", |it| Cell::code(it.row.coding.method)),
        Column::new("codebook", Text, "By which edition of the codebook.", |it| Cell::text(&it.row.coding.codebook)),
        Column::new("coding_note", Text, "What the coder inferred or left open.", |it| {
            Cell::optional(it.row.coding.note.as_ref())
        }),
        Column::new("participants", Texts, "Who took part: names, or what the source calls them.", |it| {
            Cell::texts(it.participants.iter().map(name))
        }),
        Column::new(
            "participant_ids",
            Texts,
            "Their ids, in the same order; an empty text for whom no source names.",
            |it| {
                Cell::ids(it.participants.iter().map(|participant| participant.entity.as_ref().map(|entity| entity.id)))
            },
        ),
        Column::new("participant_roles", Texts, "Their roles, in the same order.", |it| {
            Cell::codes(it.participants.iter().map(|participant| participant.role))
        }),
        Column::new("figures", Whole, "How many figures it has: they are in `figures.csv`.", |it| {
            Cell::count(it.figures.len())
        }),
        Column::new("legal_steps", Whole, "How many legal steps it has: they are in `legal_steps.csv`.", |it| {
            Cell::count(it.legal_steps.len())
        }),
        Column::new("sources", Texts, "The titles of the articles that report it.", |it| {
            Cell::texts(it.sources.iter().map(|source| source.article.title.as_str()))
        }),
        Column::new("source_ids", Texts, "Their ids, in the same order.", |it| {
            Cell::ids(it.sources.iter().map(|source| Some(source.article.id)))
        }),
        Column::new(
            "source_urls",
            Texts,
            "Their addresses, in the same order; an empty text for one that has none.",
            |it| {
                Cell::texts(it.sources.iter().map(|source| source.article.url.as_ref().map_or("", |url| url.as_str())))
            },
        ),
        Column::new("related_ids", Texts, "The incidents that it is related to.", |it| {
            Cell::ids(it.relations.iter().map(|relation| Some(relation.incident.id)))
        }),
        Column::new(
            "relations",
            Texts,
            "How, in the same order, as it reads from the incident that the relation starts from.",
            |it| Cell::codes(it.relations.iter().map(|relation| relation.relation)),
        ),
        Column::new(
            "relation_directions",
            Texts,
            "Whether the relation starts from it, in the same order: `outgoing` or `incoming`.",
            |it| Cell::texts(it.relations.iter().map(|relation| relation.direction.code())),
        ),
    ];

    async fn rows_of(
        connection: &AsyncPgConnection,
        among: Among<'_>,
        _: &IncidentFilter,
        view: &View,
        known: &Known,
    ) -> QueryResult<Vec<Self>> {
        of_ids_knowing(connection, among, view, Some(known)).await
    }

    fn members() -> Vec<&'static str> {
        vec![
            "id",
            "version",
            "dataset",
            "external_id",
            "state",
            "created_at",
            "updated_at",
            "title",
            "summary",
            "kind",
            "effect",
            "freedoms",
            "start_date",
            "end_date",
            "date_precision",
            "date_wording",
            "location",
            "verification",
            "coding",
            "tags",
            "participants",
            "figures",
            "legal_steps",
            "sources",
            "relations",
        ]
    }

    fn lines(fields: Option<Vec<&'static str>>) -> Box<dyn Format<Self>> {
        Box::new(Ndjson::new(fields))
    }

    fn features(fields: Option<Vec<&'static str>>) -> Option<Box<dyn Format<Self>>> {
        Some(Box::new(GeoJson::of(fields)))
    }
}

fn name(participant: &Participant) -> &str {
    let named = participant.entity.as_ref().map(|entity| entity.name.as_str());
    named.or_else(|| participant.label.as_ref().map(Line::as_str)).unwrap_or_default()
}
