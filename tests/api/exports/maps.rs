//! Maps.

use serde_json::json;

use crate::harness::Server;

#[test]
fn a_feature_has_its_point_in_longitude_and_latitude_and_what_is_known_as_properties() {
    let server = Server::start();
    let located = server.incident(json!({
        "title": "at a place", "freedoms": ["expression", "liberty"],
        "location": { "country": "KG", "admin1": null, "place": "Bishkek", "lat": 42.87, "lon": 74.59, "precision": "settlement" },
    }));
    let answer = server.get("/v1/incidents.geojson");
    assert_eq!(answer.header("content-type"), Some("application/geo+json"));
    assert_eq!(answer.at("/type"), "FeatureCollection");
    let feature = answer.at("/features/0");
    assert_eq!(feature["type"], "Feature");
    assert_eq!(feature["id"], json!(located));
    assert_eq!(feature["geometry"], json!({ "type": "Point", "coordinates": [74.59, 42.87] }));
    let properties = &feature["properties"];
    assert_eq!(properties["precision"], "settlement");
    assert_eq!(properties["title"], "at a place");
    assert_eq!(properties["freedoms"], json!(["expression", "liberty"]));
    assert_eq!(properties["version"], 1);
    assert_eq!(properties["admin1"], json!(null));
    assert_eq!((properties.get("lat"), properties.get("lon")), (None, None));
}

#[test]
fn what_has_no_point_is_there_without_one_and_an_empty_map_is_a_map() {
    let server = Server::start();
    assert_eq!(server.get("/v1/incidents.geojson").at("/features"), json!([]));
    server.incident(json!({ "title": "somewhere" }));
    let feature = server.get("/v1/incidents.geojson").at("/features/0");
    assert_eq!(feature["geometry"], json!(null));
    assert_eq!(feature["properties"]["precision"], "unknown");
}
