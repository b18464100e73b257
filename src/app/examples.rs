//! The examples of the document.

/// Real answers of the seed dataset, which a test keeps true, as the examples of the document: by operation.
pub(super) const EXAMPLES: &[(&str, &str)] = &[
    ("search", include_str!("../../openapi/examples/search.json")),
    ("suggest", include_str!("../../openapi/examples/suggest.json")),
    ("load_articles", LINE_RESULT),
    ("load_entities", LINE_RESULT),
    ("load_incidents", LINE_RESULT),
    ("list_article_revisions", include_str!("../../openapi/examples/list_revisions.json")),
    ("list_entity_revisions", include_str!("../../openapi/examples/list_revisions.json")),
    ("list_incident_revisions", include_str!("../../openapi/examples/list_revisions.json")),
    ("list_changes", include_str!("../../openapi/examples/list_changes.json")),
    ("export_articles_csv", include_str!("../../openapi/examples/export_articles_csv.json")),
    ("export_articles_ndjson", include_str!("../../openapi/examples/export_articles_ndjson.json")),
    ("export_entities_csv", include_str!("../../openapi/examples/export_entities_csv.json")),
    ("export_entities_ftm", include_str!("../../openapi/examples/export_entities_ftm.json")),
    ("export_entities_ndjson", include_str!("../../openapi/examples/export_entities_ndjson.json")),
    ("export_figures_csv", include_str!("../../openapi/examples/export_figures_csv.json")),
    ("export_figures_ndjson", include_str!("../../openapi/examples/export_figures_ndjson.json")),
    ("export_incidents_csv", include_str!("../../openapi/examples/export_incidents_csv.json")),
    ("export_incidents_geojson", include_str!("../../openapi/examples/export_incidents_geojson.json")),
    ("export_incidents_ndjson", include_str!("../../openapi/examples/export_incidents_ndjson.json")),
    ("export_legal_steps_csv", include_str!("../../openapi/examples/export_legal_steps_csv.json")),
    ("export_legal_steps_ndjson", include_str!("../../openapi/examples/export_legal_steps_ndjson.json")),
    ("export_participants_csv", include_str!("../../openapi/examples/export_participants_csv.json")),
    ("export_participants_ndjson", include_str!("../../openapi/examples/export_participants_ndjson.json")),
    ("export_articles_parquet", PARQUET),
    ("export_entities_parquet", PARQUET),
    ("export_figures_parquet", PARQUET),
    ("export_incidents_parquet", PARQUET),
    ("export_legal_steps_parquet", PARQUET),
    ("export_participants_parquet", PARQUET),
    ("get_article", include_str!("../../openapi/examples/get_article.json")),
    ("get_dataset", include_str!("../../openapi/examples/get_dataset.json")),
    ("get_entity", include_str!("../../openapi/examples/get_entity.json")),
    ("get_entity_timeline", include_str!("../../openapi/examples/get_entity_timeline.json")),
    ("get_incident", include_str!("../../openapi/examples/get_incident.json")),
    ("get_article_feed", include_str!("../../openapi/examples/get_article_feed.json")),
    ("get_incident_feed", include_str!("../../openapi/examples/get_incident_feed.json")),
    ("list_articles", include_str!("../../openapi/examples/list_articles.json")),
    ("list_datasets", include_str!("../../openapi/examples/list_datasets.json")),
    ("list_entities", include_str!("../../openapi/examples/list_entities.json")),
    ("list_entity_connections", include_str!("../../openapi/examples/list_entity_connections.json")),
    ("list_incidents", include_str!("../../openapi/examples/list_incidents.json")),
    ("list_snapshots", include_str!("../../openapi/examples/list_snapshots.json")),
    ("get_snapshot_file", r#""(bytes)""#),
    ("count_incidents", include_str!("../../openapi/examples/count_incidents.json")),
    ("match_entities", include_str!("../../openapi/examples/match_entities.json")),
    ("list_similar_articles", include_str!("../../openapi/examples/list_similar_articles.json")),
    ("list_similar_entities", include_str!("../../openapi/examples/list_similar_entities.json")),
    ("list_similar_incidents", include_str!("../../openapi/examples/list_similar_incidents.json")),
    ("decide_similar_article", DECISION),
    ("decide_similar_entity", DECISION),
    ("decide_similar_incident", DECISION),
    ("list_vocabularies", include_str!("../../openapi/examples/list_vocabularies.json")),
    ("get_livez", r#"{"status": "ok"}"#),
    ("get_readyz", r#"{"status": "ok"}"#),
    ("get_openapi", r#"{"openapi": "3.1.0", "info": {"title": "civicspace"}, "paths": {"/livez": {}}}"#),
    ("get_docs", r#""<!DOCTYPE html>\n<html lang=\"en\">\n…</html>\n""#),
    ("get_problem", r#""<!DOCTYPE html>\n<html lang=\"en\">\n…</html>\n""#),
    ("get_docs_file", r#""window.ui = SwaggerUIBundle({…});\n""#),
];

/// The first letters of a file.
const PARQUET: &str = r#""PAR1…""#;

/// What was decided of two records.
const DECISION: &str = r#"{"id": "b7826df4-ed0b-5bec-8339-db6034e65863", "decision": "different", "note": "Namesakes.", "decided_at": "2026-11-22T00:00:00Z", "by": "Newsroom"}"#;

/// What a batch answers for a line.
const LINE_RESULT: &str =
    r#"{"line": 1, "result": "created", "id": "0190d6a0-0000-7000-8000-000000000001", "version": 1, "problem": null}"#;
