//! Articles as rows.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::articles::Article;
use crate::articles::filter::ArticleFilter;
use crate::db::among::Among;
use crate::exports::columns::Holding::{Code, Day, Id, Moment, Text, Texts, Whole};
use crate::exports::columns::{Cell, Column};
use crate::exports::ndjson::Ndjson;
use crate::exports::{Exported, Format};
use crate::http::auth::View;
use crate::incidents::refs::Known;
use crate::lists::Listed;
use crate::values::Line;

impl Exported for Article {
    type Of = Self;

    const NAME: &'static str = "articles";

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
        Column::new("title", Text, "The headline.", |it| Cell::text(&it.row.title)),
        Column::new("url", Text, "Where it was published.", |it| Cell::optional(it.row.url.as_ref())),
        Column::new("publisher", Text, "The name of the entity that published it.", |it| {
            Cell::optional(it.row.publisher.as_ref().map(|publisher| &publisher.name))
        }),
        Column::new("publisher_id", Id, "Its id.", |it| {
            Cell::id(it.row.publisher.as_ref().map(|publisher| publisher.id))
        }),
        Column::new("authors", Texts, "Its authors, as the byline names them.", |it| {
            Cell::texts(it.row.authors.iter().map(Line::as_str))
        }),
        Column::new("language", Text, "The language that it is written in.", |it| Cell::text(&it.row.language)),
        Column::new(
            "published_on",
            Day,
            "When it was published, or the first day of the period that the precision names.",
            |it| Cell::day(it.row.published_on),
        ),
        Column::new("published_precision", Code, "How precisely that is known.", |it| {
            Cell::code(it.row.published_precision)
        }),
        Column::new("summary", Text, "What it reports.", |it| Cell::text(&it.row.summary)),
        Column::new("archived_url", Text, "A stored copy of it.", |it| Cell::optional(it.row.archived_url.as_ref())),
        Column::new("mentions", Texts, "The names of the entities that it names.", |it| {
            Cell::texts(it.mentions.iter().map(|mention| mention.entity.name.as_str()))
        }),
        Column::new("mention_ids", Texts, "Their ids, in the same order.", |it| {
            Cell::ids(it.mentions.iter().map(|mention| Some(mention.entity.id)))
        }),
        Column::new("mention_counts", Texts, "How often each is named, in the same order.", |it| {
            Cell::Texts(it.mentions.iter().map(|mention| mention.count.to_string().into()).collect())
        }),
        Column::new("incident_count", Whole, "How many published incidents it is a source of.", |it| {
            Cell::Whole(it.incident_count)
        }),
    ];

    async fn rows_of(
        connection: &AsyncPgConnection,
        among: Among<'_>,
        _: &ArticleFilter,
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
            "title",
            "url",
            "publisher",
            "authors",
            "language",
            "published_on",
            "published_precision",
            "summary",
            "archived_url",
            "body",
            "mentions",
            "incident_count",
        ]
    }

    fn lines(fields: Option<Vec<&'static str>>) -> Box<dyn Format<Self>> {
        Box::new(Ndjson::new(fields))
    }
}
