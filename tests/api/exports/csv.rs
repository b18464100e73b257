//! Tables: what the cells hold.

use serde_json::json;

use crate::harness::Server;

#[test]
fn a_cell_holds_what_the_record_says_whatever_stands_in_it() {
    let server = Server::start();
    let person = server.entity(json!({ "name": "Aibek, \"the writer\"" }));
    server.incident(json!({
        "title": "quotes \"and\", commas; семь",
        "summary": "first line\nsecond line\r\nthird",
        "external_id": "x-1",
        "freedoms": ["expression", "liberty"],
        "start_date": "2020-03-02", "end_date": "2020-03-04", "date_precision": "day",
        "location": { "country": "KG", "admin1": null, "place": "Bishkek", "lat": -42.5, "lon": 74.0, "precision": "settlement" },
        "participants": [
            { "entity": { "id": person }, "role": "target" },
            { "label": "bystanders | others", "role": "participant" }
        ],
        "figures": [{ "measure": "detained", "low": 3, "claimant_class": "police" }],
    }));
    let answer = server.get("/v1/incidents.csv");
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    assert!(String::from_utf8_lossy(&answer.body).ends_with("\r\n"));
    let [row] = &answer.rows()[..] else { panic!("{answer}") };
    for (column, cell) in [
        ("title", "quotes \"and\", commas; семь"),
        ("summary", "first line\nsecond line\r\nthird"),
        ("external_id", "x-1"),
        ("version", "1"),
        ("freedoms", "expression|liberty"),
        ("tags", ""),
        ("start_date", "2020-03-02"),
        ("end_date", "2020-03-04"),
        ("country", "KG"),
        ("admin1", ""),
        ("lat", "-42.5"),
        ("lon", "74"),
        ("precision", "settlement"),
        ("participants", "Aibek, \"the writer\"|bystanders \\| others"),
        ("participant_ids", &format!("{person}|")),
        ("participant_roles", "target|participant"),
        ("figures", "1"),
        ("legal_steps", "0"),
    ] {
        assert_eq!(row[column], cell, "{column}");
    }
}

#[test]
fn text_that_a_spreadsheet_would_run_has_an_apostrophe_in_front() {
    let server = Server::start();
    for title in ["=HYPERLINK(\"http://x.example\")", "+1", "-1", "@x", "a=1"] {
        server.incident(json!({ "title": title }));
    }
    server.incident(json!({ "title": "tab", "summary": "\tx" }));
    server.entity(json!({ "name": "Somebody", "aliases": [{ "name": "-x", "language": null }, { "name": "y", "language": null }] }));
    let rows = server.get("/v1/incidents.csv").rows();
    let mut titles: Vec<&str> = rows.iter().map(|row| row["title"].as_str()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["'+1", "'-1", "'=HYPERLINK(\"http://x.example\")", "'@x", "a=1", "tab"]);
    assert!(rows.iter().any(|row| row["summary"] == "'\tx"));
    assert_eq!(server.get("/v1/entities.csv").rows()[0]["aliases"], "'-x|y");
    // JSON is no spreadsheet.
    assert!(server.get("/v1/incidents.ndjson").lines().iter().any(|line| line["title"] == "+1"));
}

#[test]
fn columns_keep_their_names_and_places() {
    let server = Server::start();
    let header = |file: &str| {
        let answer = server.get(&format!("/v1/{file}.csv"));
        String::from_utf8(answer.body).expect("text").trim_end().to_owned()
    };
    let incident = "incident_id,start_date,end_date,date_precision,country,admin1,place,kind,title,dataset,position";
    let article = "article,article_id,article_url";
    assert_eq!(
        header("incidents"),
        "id,version,dataset,external_id,state,created_at,updated_at,title,summary,kind,effect,freedoms,tags,start_date,end_date,\
         date_precision,date_wording,country,admin1,place,lat,lon,precision,verification,coding_method,codebook,coding_note,\
         participants,participant_ids,participant_roles,figures,legal_steps,sources,source_ids,source_urls,related_ids,relations,\
         relation_directions"
    );
    assert_eq!(
        header("articles"),
        "id,version,dataset,external_id,state,created_at,updated_at,title,url,publisher,publisher_id,authors,language,published_on,\
         published_precision,summary,archived_url,mentions,mention_ids,mention_counts,incident_count"
    );
    assert_eq!(
        header("entities"),
        "id,version,dataset,external_id,state,created_at,updated_at,kind,name,description,country,aliases,alias_languages,\
         identifiers,related,related_ids,relations,relation_directions,article_count,incident_count"
    );
    assert_eq!(
        header("figures"),
        format!(
            "{incident},measure,low,high,best,approximate,unit,wording,places,claimant_class,claimant,claimant_id,{article}"
        )
    );
    assert_eq!(header("participants"), format!("{incident},entity,entity_id,entity_kind,label,role,note,{article}"));
    assert_eq!(
        header("legal_steps"),
        format!(
            "{incident},entity,entity_id,step,step_date,step_date_precision,authority,authority_id,charge,penalty_kind,\
             penalty_amount,penalty_unit,penalty_suspended,note,{article}"
        )
    );
}
