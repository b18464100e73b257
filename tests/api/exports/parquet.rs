//! Tables by columns: what programs for data read.

use actix_web::web::Bytes;
use chrono::{DateTime, NaiveDate, SecondsFormat};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::json;

use crate::harness::{Answer, Server};

fn read(answer: &Answer) -> SerializedFileReader<Bytes> {
    assert_eq!(answer.status, 200, "{answer}");
    assert_eq!(answer.header("content-type"), Some("application/vnd.apache.parquet"));
    SerializedFileReader::new(Bytes::from(answer.body.clone())).expect("a table")
}

/// The rows, each as pairs of a column and its value.
fn rows(answer: &Answer) -> Vec<Vec<(String, Field)>> {
    let reader = read(answer);
    let rows = reader.get_row_iter(None).expect("rows");
    rows.map(|row| row.expect("a row").into_columns()).collect()
}

/// A value as CSV writes it.
fn written(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Long(number) => number.to_string(),
        Field::Double(number) => number.to_string(),
        Field::Bool(flag) => flag.to_string(),
        Field::Date(days) => NaiveDate::from_epoch_days(*days).expect("a day").to_string(),
        Field::TimestampMicros(moment) => {
            DateTime::from_timestamp_micros(*moment).expect("a moment").to_rfc3339_opts(SecondsFormat::AutoSi, true)
        }
        Field::ListInternal(list) => {
            let escaped = |field: &Field| written(field).replace('\\', "\\\\").replace('|', "\\|");
            list.elements().iter().map(escaped).collect::<Vec<_>>().join("|")
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_table_has_the_rows_columns_and_values_of_the_csv() {
    let server = Server::seeded();
    for (table, query) in [
        ("articles", ""),
        ("entities", ""),
        ("incidents", ""),
        ("incidents", "?country=KG&q=police"),
        ("figures", ""),
        ("participants", ""),
        ("legal_steps", "?step=sentenced"),
    ] {
        let expected = server.get(&format!("/v1/{table}.csv{query}")).rows();
        assert!(!expected.is_empty(), "{table}");
        let rows = rows(&server.get(&format!("/v1/{table}.parquet{query}")));
        assert_eq!(rows.len(), expected.len(), "{table}");
        for (row, expected) in rows.iter().zip(expected) {
            assert_eq!(row.len(), expected.len(), "{table}");
            for (column, value) in row {
                // Spreadsheets do not read it, so no text is changed for them.
                let cell = expected[column].strip_prefix('\'').unwrap_or(&expected[column]);
                assert_eq!(written(value), cell, "{table} {column}");
            }
        }
    }
}

#[test]
fn columns_have_types_and_lists_are_lists() {
    let server = Server::start();
    server.incident(json!({ "title": "=1+1", "freedoms": ["expression", "liberty"], "start_date": "2020-03-02", "end_date": "2020-03-02", "date_precision": "day" }));
    server.incident(json!({ "title": "a|b" }));
    let table = rows(&server.get("/v1/incidents.parquet?fields=title,freedoms,start_date,version,lat,tags"));
    let names: Vec<&str> = table[0].iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["title", "freedoms", "start_date", "version", "lat", "tags"]);
    let mut table: Vec<String> =
        table.iter().map(|row| format!("{:?}", row.iter().map(|(_, value)| value).collect::<Vec<_>>())).collect();
    table.sort();
    let list = |elements: &str| format!("ListInternal(List {{ elements: [{elements}] }})");
    assert_eq!(
        table,
        [
            format!(
                "[Str(\"=1+1\"), {}, Date(18323), Long(1), Null, {}]",
                list("Str(\"expression\"), Str(\"liberty\")"),
                list("")
            ),
            format!("[Str(\"a|b\"), {}, Null, Long(1), Null, {}]", list("Str(\"peaceful_assembly\")"), list("")),
        ]
    );
    server.get("/v1/incidents.parquet?fields=location").problem(400, "invalid-parameter");
}

#[test]
fn an_empty_table_is_a_table_and_a_large_one_has_several_groups_of_rows() {
    let server = Server::start();
    let empty = read(&server.get("/v1/incidents.parquet"));
    assert_eq!(empty.metadata().file_metadata().num_rows(), 0);
    assert_eq!(empty.metadata().file_metadata().schema_descr().num_columns(), 38);
    server.incident_on("2020-03-02", "the first");
    super::many_incidents(&server, 5_999);
    let answer = server.get("/v1/incidents.parquet");
    let large = read(&answer);
    assert_eq!(large.metadata().file_metadata().num_rows(), 6_000);
    assert!(large.num_row_groups() > 1, "{}", large.num_row_groups());
    assert_eq!(rows(&answer).len(), 6_000);
    // It is packed in itself, so no compression is laid over it.
    let plain = server.raw(
        b"GET /v1/incidents.parquet HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip, br\r\nConnection: close\r\n\r\n",
    );
    assert_eq!(plain.header("content-encoding"), None, "{plain}");
    assert_eq!(rows(&plain).len(), 6_000);
}
