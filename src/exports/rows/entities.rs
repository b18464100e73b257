//! Entities as rows.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::codebook::Vocabulary;
use crate::db::among::Among;
use crate::entities::Entity;
use crate::entities::filter::EntityFilter;
use crate::exports::columns::Holding::{Code, Id, Moment, Text, Texts, Whole};
use crate::exports::columns::{Cell, Column};
use crate::exports::ndjson::Ndjson;
use crate::exports::{Exported, Format};
use crate::http::auth::View;
use crate::incidents::refs::Known;
use crate::lists::Listed;

impl Exported for Entity {
    type Of = Self;

    const NAME: &'static str = "entities";

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
        Column::new("kind", Code, "What it is.", |it| Cell::code(it.row.kind)),
        Column::new("name", Text, "The name to show.", |it| Cell::text(&it.row.name)),
        Column::new("description", Text, "Who or what it is.", |it| Cell::text(&it.row.description)),
        Column::new("country", Code, "The country that it belongs to, as of ISO 3166-1 alpha-2.", |it| {
            Cell::country(it.row.country)
        }),
        Column::new("aliases", Texts, "Its other names.", |it| {
            Cell::texts(it.aliases.iter().map(|alias| alias.name.as_str()))
        }),
        Column::new(
            "alias_languages",
            Texts,
            "Their languages, in the same order; an empty text where none is known.",
            |it| {
                Cell::texts(
                    it.aliases.iter().map(|alias| alias.language.as_ref().map_or("", |language| language.as_str())),
                )
            },
        ),
        Column::new("identifiers", Texts, "What other registers call it: `scheme:value`.", |it| {
            let written = |scheme: &str, value: &str| format!("{scheme}:{value}").into();
            Cell::Texts(it.identifiers.iter().map(|id| written(id.scheme.code(), id.value.as_str())).collect())
        }),
        Column::new("related", Texts, "The names of the entities that it is related to.", |it| {
            Cell::texts(it.relations.iter().map(|relation| relation.entity.name.as_str()))
        }),
        Column::new("related_ids", Texts, "Their ids, in the same order.", |it| {
            Cell::ids(it.relations.iter().map(|relation| Some(relation.entity.id)))
        }),
        Column::new(
            "relations",
            Texts,
            "How, in the same order, as it reads from the entity that the relation starts from.",
            |it| Cell::codes(it.relations.iter().map(|relation| relation.relation)),
        ),
        Column::new(
            "relation_directions",
            Texts,
            "Whether the relation starts from it, in the same order: `outgoing` or `incoming`.",
            |it| Cell::texts(it.relations.iter().map(|relation| relation.direction.code())),
        ),
        Column::new("article_count", Whole, "How many published articles mention it.", |it| {
            Cell::Whole(it.article_count)
        }),
        Column::new(
            "incident_count",
            Whole,
            "How many published incidents it takes part in, claims a figure of or has a legal step in.",
            |it| Cell::Whole(it.incident_count),
        ),
    ];

    async fn rows_of(
        connection: &AsyncPgConnection,
        among: Among<'_>,
        _: &EntityFilter,
        view: &View,
        _: &Known,
    ) -> QueryResult<Vec<Self>> {
        <Self as Listed>::of_ids(connection, among, view).await
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
            "kind",
            "name",
            "description",
            "country",
            "aliases",
            "identifiers",
            "relations",
            "article_count",
            "incident_count",
        ]
    }

    fn lines(fields: Option<Vec<&'static str>>) -> Box<dyn Format<Self>> {
        Box::new(Ndjson::new(fields))
    }
}
