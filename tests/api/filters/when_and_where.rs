//! Filters of incidents by time and place.

use serde_json::{Value, json};

use super::{encoded, finds, place};
use crate::harness::Server;

#[test]
fn admin1_and_place_are_compared_whatever_the_case_of_their_letters() {
    let server = Server::start();
    server.incident(json!({ "title": "latin", "location": place(&json!({ "admin1": "Chüy", "place": "Tokmok" })) }));
    server.incident(json!({ "title": "cyrillic", "location": place(&json!({ "admin1": "Чүй", "place": "Токмок" })) }));
    server.incident(json!({ "title": "none" }));
    let (admin1, place) = (encoded("ЧҮЙ"), encoded("тОКМОК"));
    finds(
        &server,
        "/v1/incidents",
        &[
            (&format!("admin1={}", encoded("CHÜY")), "latin"),
            (&format!("admin1={admin1}"), "cyrillic"),
            ("place=tokmok", "latin"),
            (&format!("place={place}&admin1={admin1}"), "cyrillic"),
            ("place=tokmo", ""),
            ("place=tokmo%25", ""),
            (&format!("place=tokmok&admin1={admin1}"), ""),
        ],
    );
}

#[test]
fn an_incident_fits_the_dates_that_its_own_overlap() {
    let server = Server::start();
    for (title, start, end, precision) in [
        ("day", "2020-03-02", "2020-03-02", "day"),
        ("days", "2020-03-01", "2020-03-05", "day"),
        ("month", "2020-03-01", "2020-03-31", "month"),
        ("year", "2020-01-01", "2020-12-31", "year"),
    ] {
        server.incident(json!({ "title": title, "start_date": start, "end_date": end, "date_precision": precision }));
    }
    server.incident(json!({ "title": "undated" }));
    finds(
        &server,
        "/v1/incidents",
        &[
            ("date_from=2020-03-02&date_to=2020-03-02", "day days month year"),
            ("date_from=2020-03-03&date_to=2020-03-04", "days month year"),
            ("date_from=2020-03-05&date_to=2020-03-05", "days month year"),
            ("date_from=2020-03-06&date_to=2020-03-30", "month year"),
            ("date_from=2020-03-31", "month year"),
            ("date_from=2020-04-01", "year"),
            ("date_from=2020-12-31", "year"),
            ("date_from=2021-01-01", ""),
            ("date_from=2020-03-02", "day days month year"),
            ("date_to=2020-03-02", "day days month year"),
            ("date_to=2020-03-01", "days month year"),
            ("date_to=2020-02-29", "year"),
            ("date_to=2020-01-01", "year"),
            ("date_to=2019-12-31", ""),
            ("date_from=0001-01-01", "day days month year"),
            ("date_from=0000-01-01", "day days month year"),
            ("date_to=0000-01-01", ""),
            ("date_to=9999-12-31", "day days month year"),
            ("date_from=0001-01-01&date_to=9999-12-31&sort=date", "day days month year"),
            ("", "day days month undated year"),
        ],
    );
}

#[test]
fn what_fits_dates_is_met_once_in_the_order_of_its_first_day() {
    let server = Server::start();
    for (title, start, end) in
        [("b", "2020-02-28", "2020-03-01"), ("c", "2020-03-02", "2020-03-02"), ("a", "2010-01-01", "2021-01-01")]
    {
        server.incident(json!({ "title": title, "start_date": start, "end_date": end, "date_precision": "day" }));
    }
    server.incident(json!({ "title": "undated" }));
    for (sort, expected) in [("date", ["a", "b", "c"]), ("-date", ["c", "b", "a"])] {
        for filter in ["date_from=2020-03-01", "date_to=2020-03-02", "date_from=2020-03-01&date_to=2020-03-03"] {
            let list = format!("/v1/incidents?{filter}&sort={sort}&limit=1");
            let mut page = server.get(&list);
            for title in expected {
                page.lists("/title", &[title]);
                let next = page.at("/meta/next_cursor");
                page = next.as_str().map_or(page, |cursor| server.get(&format!("{list}&cursor={cursor}")));
            }
            assert_eq!(page.at("/meta/next_cursor"), Value::Null, "{list}");
        }
    }
}

#[test]
fn a_box_has_its_edges_and_may_cross_the_180th_meridian() {
    let server = Server::start();
    for (title, lon, lat) in [
        ("bishkek", 74.59, 42.87),
        ("suva", 178.44, -18.14),
        ("apia", -171.76, -13.83),
        ("east", 180.0, 0.0),
        ("west", -180.0, 0.0),
    ] {
        let location = place(&json!({ "lon": lon, "lat": lat, "precision": "settlement" }));
        server.incident(json!({ "title": title, "location": location }));
    }
    server.incident(json!({ "title": "nowhere" }));
    finds(
        &server,
        "/v1/incidents",
        &[
            ("bbox=70,40,80,45", "bishkek"),
            ("bbox=70,40,74.59,42.87", "bishkek"),
            ("bbox=74.59,42.87,80,45", "bishkek"),
            ("bbox=74.59,42.87,74.59,42.87", "bishkek"),
            ("bbox=74.5901,42,80,45", ""),
            ("bbox=70,42.8701,80,45", ""),
            ("bbox=170,-30,-170,10", "apia east suva west"),
            ("bbox=179,-30,-179,10", "east west"),
            ("bbox=-170,-30,170,10", ""),
            ("bbox=-180,-90,180,90", "apia bishkek east suva west"),
            ("bbox=70%2C40%2C80%2C45", "bishkek"),
        ],
    );
}
