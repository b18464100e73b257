//! What the API document says of exports: the files, and their columns.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::answer::FileFormat;
use super::columns::Holding;
use super::rows::{FigureOf, LegalStepOf, ParticipantOf};
use super::{Exported, columns::Column};
use crate::articles::Article;
use crate::entities::Entity;
use crate::incidents::Incident;
use crate::values::{IncidentId, Slug};

/// A table: a line of names, then a line a record.
#[derive(Debug, ToSchema)]
#[schema(max_length = 9_007_199_254_740_991usize, format = Binary)]
#[expect(dead_code, reason = "says in the document what a file is")]
pub(crate) struct Table(String);

/// Features on a map.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "says in the document what a file is")]
pub(crate) struct FeatureCollection {
    /// What it is.
    #[schema(pattern = "^FeatureCollection$", max_length = 17, example = "FeatureCollection")]
    r#type: String,
    /// The features.
    #[schema(max_items = 2_147_483_647)]
    features: Vec<Feature>,
}

/// An incident on a map.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "says in the document what a file is")]
pub(crate) struct Feature {
    /// What it is.
    #[schema(pattern = "^Feature$", max_length = 7, example = "Feature")]
    r#type: String,
    /// The id of the incident.
    id: IncidentId,
    /// Where it is, if it has a point.
    geometry: Option<Point>,
    /// The columns of the table of incidents but the point.
    #[schema(value_type = Object)]
    properties: Value,
}

/// A point.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "says in the document what a file is")]
pub(crate) struct Point {
    /// What it is.
    #[schema(pattern = "^Point$", max_length = 5, example = "Point")]
    r#type: String,
    /// Longitude and latitude in degrees, WGS 84.
    #[schema(min_items = 2, max_items = 2)]
    coordinates: Vec<f64>,
}

/// An entity of `FollowTheMoney`.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "says in the document what a line is")]
pub(crate) struct FtmLine {
    /// Its id.
    id: Uuid,
    /// What it is, by the name of its schema.
    #[schema(max_length = 50, pattern = "^[A-Za-z]+$", example = "Person")]
    schema: String,
    /// What is said of it: values by property.
    #[schema(value_type = Object)]
    properties: Value,
    /// The dataset that says so.
    #[schema(min_items = 1, max_items = 1)]
    datasets: Vec<Slug>,
}

/// Says of each export in the document what columns or members it has: in words, as what `fields` takes, and as a line.
pub(crate) fn describe(document: &mut Value) {
    describe_record::<Article>(document, "Article");
    describe_record::<Entity>(document, "Entity");
    describe_record::<Incident>(document, "Incident");
    describe_value::<FigureOf>(document, "Figure", "A figure, behind what tells its incident from others.");
    describe_value::<ParticipantOf>(
        document,
        "Participant",
        "A participant, behind what tells the incident from others.",
    );
    describe_value::<LegalStepOf>(document, "LegalStep", "A legal step, behind what tells its incident from others.");
}

/// A line has the members of the record, or some of them.
fn describe_record<R: Exported>(document: &mut Value, record: &str) {
    let mut line = document["components"]["schemas"][record].clone();
    if let Some(line) = line.as_object_mut() {
        line.remove("required");
    }
    describe_file::<R>(document, record, line);
}

/// A line has the columns as its members, or some of them.
fn describe_value<R: Exported>(document: &mut Value, value: &str, about: &str) {
    let member = |column: &Column<R>| {
        let mut schema = column.holds.schema();
        schema["description"] = json!(column.about);
        (column.name.to_owned(), schema)
    };
    let members: Map<String, Value> = R::COLUMNS.iter().map(member).collect();
    describe_file::<R>(document, value, json!({ "type": "object", "description": about, "properties": members }));
}

fn describe_file<R: Exported>(document: &mut Value, name: &str, line: Value) {
    let row = |Column { name, holds, about, .. }: &Column<R>| format!("| `{name}` | {} | {about} |\n", holds.word());
    let columns = R::COLUMNS.iter().map(row).collect::<Vec<_>>().concat();
    let columns = format!("| column | holds | what |\n|---|---|---|\n{columns}");
    for format in FileFormat::ALL.iter().copied() {
        let path = format!("/v1/{}.{}", R::NAME, format.extension());
        let Some(operation) = document["paths"].get_mut(path).map(|path| &mut path["get"]) else { continue };
        let parameters = operation["parameters"].as_array_mut().into_iter().flatten();
        for parameter in parameters.filter(|parameter| parameter["name"] == "fields") {
            let names = format.fields::<R>();
            parameter["schema"]["items"] = json!({ "type": "string", "enum": names });
            parameter["schema"]["maxItems"] = json!(names.len());
            parameter["schema"]["uniqueItems"] = json!(true);
            parameter["example"] = json!([names[0], names[7]]);
        }
        let about = operation["description"].as_str().unwrap_or_default();
        let columns = if format.has_columns() { columns.as_str() } else { "" };
        operation["description"] = json!(format!("{about}\n\n{}\n\n{WHOLE}\n\n{columns}", format.about()).trim_end());
        if format == FileFormat::Ndjson {
            let schema = format!("{name}Line");
            operation["responses"]["200"]["content"]["application/x-ndjson"]["schema"] =
                json!({ "$ref": format!("#/components/schemas/{schema}") });
        }
    }
    document["components"]["schemas"][format!("{name}Line")] = line;
}

/// What is said of every file.
const WHOLE: &str = "It is one state of the database from beginning to end, in the order of ids. The answer has no length unless it is \
    short; one that breaks off half-way is an error, never a whole file.";

impl FileFormat {
    /// The formats of records and values.
    const ALL: &[Self] = &[
        Self::Csv,
        Self::Ndjson,
        Self::GeoJson,
        #[cfg(feature = "parquet")]
        Self::Parquet,
    ];

    /// Whether its columns are those of a table.
    fn has_columns(self) -> bool {
        !matches!(self, Self::Ndjson | Self::GeoJson)
    }

    /// How it writes down what it holds.
    fn about(self) -> &'static str {
        match self {
            Self::Csv => {
                "The format is CSV as of RFC 4180, in UTF-8, the first line with the names of the columns. The columns, below, keep their \
                 names and their order; new ones come last. `fields` names the columns to give.\n\nA cell that holds several texts has \
                 `|` between them; within one of them `|` stands as `\\|`, and a backslash as `\\\\`. A text that begins with `=`, `+`, \
                 `-`, `@`, a tab or a carriage return has an apostrophe in front, so that no spreadsheet runs it as a formula. An empty cell \
                 is what is null in JSON."
            }
            Self::Ndjson => "`fields` names the members to give.",
            Self::GeoJson => "`fields` names the properties to give.",
            Self::Ftm => "",
            #[cfg(feature = "parquet")]
            Self::Parquet => {
                "The format is Apache Parquet, packed with Zstandard. Each column, below, has its type: texts, ids and codes are strings, \
                 several texts a list of strings, days dates, moments timestamps of UTC; what is not known is null. No text is changed for \
                 spreadsheets. The columns keep their names and their order; new ones come last. `fields` names the columns to give."
            }
        }
    }
}

/// Text without control characters but tab and line ends.
const TEXT: &str = r"^[^\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]*$";

impl Holding {
    /// What it is called in the table of columns.
    fn word(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Code => "code",
            Self::Text => "text",
            Self::Texts => "texts",
            Self::Whole => "whole number",
            Self::Number => "number",
            Self::Flag => "`true` or `false`",
            Self::Day => "day",
            Self::Moment => "moment",
        }
    }

    /// The schema of a member that holds it.
    fn schema(self) -> Value {
        match self {
            Self::Id => json!({ "type": ["string", "null"], "format": "uuid", "maxLength": 36 }),
            Self::Code => json!({ "type": ["string", "null"], "pattern": "^[A-Za-z0-9_.-]+$", "maxLength": 100 }),
            Self::Text => json!({ "type": ["string", "null"], "pattern": TEXT, "maxLength": 10_000 }),
            Self::Texts => {
                json!({ "type": "array", "maxItems": 500, "items": { "type": "string", "pattern": TEXT, "maxLength": 10_000 } })
            }
            Self::Whole => {
                json!({ "type": ["integer", "null"], "format": "int64", "minimum": 0, "maximum": 9_007_199_254_740_991i64 })
            }
            Self::Number => {
                json!({ "type": ["number", "null"], "format": "double", "minimum": -1e15, "maximum": 1e15 })
            }
            Self::Flag => json!({ "type": ["boolean", "null"] }),
            Self::Day => json!({ "type": ["string", "null"], "format": "date", "maxLength": 10 }),
            Self::Moment => json!({ "type": ["string", "null"], "format": "date-time", "maxLength": 35 }),
        }
    }
}
