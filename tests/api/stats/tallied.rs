//! What is counted by tallies is what is counted one by one, whatever was written and whatever is asked.

use civicspace::db::{Database, DatabaseOptions};
use civicspace::http::auth::Role;
use civicspace::stats::tallies;
use diesel::QueryableByName;
use diesel::sql_types::Text;
use serde_json::{Value, json};

use super::{counts, during, on, rows};
use crate::harness::{RUNTIME, Server};

/// Chance that is the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("a number") % most
    }

    fn one_of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    /// Some of these parameters, each with one of its values.
    fn some_of(&mut self, parameters: &[(&str, &[&str])]) -> String {
        let mut query = String::new();
        for (name, values) in parameters {
            if self.below(3) == 0 {
                query.extend(["&", name, "=", self.one_of(values)]);
            }
        }
        query
    }
}

/// Incidents of all sorts, as many as numbers from one to another.
fn fill(server: &Server, from: u32, to: u32) {
    server.database.execute(&format!(
        "INSERT INTO incidents (id, dataset, state, title, kind, effect, coding_method, codebook, country, start_date, end_date, date_precision)
         SELECT gen_random_uuid(), (ARRAY['central-asia', 'central-asia', 'partner', 'inside'])[1 + a % 4],
            (ARRAY['published', 'published', 'published', 'draft', 'retracted'])[1 + b % 5], 'x',
            (ARRAY['assembly.protest', 'assembly.dispersal', 'law.adopted', 'pressure.raid'])[1 + c % 4], 'neutral', 'human', '1.0',
            (ARRAY['KG', 'KZ', 'UZ', NULL])[1 + d % 4], first,
            CASE precision WHEN 'day' THEN day + (ARRAY[0, 0, 0, 1, 3, 45, 400])[1 + e % 7] WHEN 'part_of_month' THEN first + 9
                WHEN 'week' THEN first + 6 WHEN 'month' THEN (first + interval '1 month' - interval '1 day')::date
                WHEN 'quarter' THEN (first + interval '3 months' - interval '1 day')::date
                WHEN 'year' THEN (first + interval '1 year' - interval '1 day')::date END, precision
         FROM (SELECT *, CASE precision WHEN 'day' THEN day WHEN 'unknown' THEN NULL WHEN 'part_of_month' THEN date_trunc('month', day::timestamp)::date
                ELSE date_trunc(precision, day::timestamp)::date END AS first
            FROM (SELECT abs(hashint4extended(n, 1)) AS a, abs(hashint4extended(n, 2)) AS b, abs(hashint4extended(n, 3)) AS c, abs(hashint4extended(n, 4)) AS d,
                    abs(hashint4extended(n, 5)) AS e, date '2018-11-20' + (abs(hashint4extended(n, 6)) % 800)::integer AS day,
                    (ARRAY['day', 'day', 'day', 'day', 'week', 'month', 'part_of_month', 'quarter', 'year', 'unknown'])[1 + abs(hashint4extended(n, 7)) % 10] AS precision
                FROM generate_series({from}, {to}) AS n) AS chances) AS dated"
    ));
}

fn fold(server: &Server) -> i64 {
    RUNTIME.block_on(async {
        let database = Database::new(&server.database.url(), &DatabaseOptions::default()).expect("a pool");
        tallies::fold(&database).await.expect("they are folded")
    })
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    text: String,
}

fn query(server: &Server, sql: &str) -> Vec<String> {
    use diesel_async::RunQueryDsl;
    let rows: Vec<Row> = RUNTIME.block_on(async {
        let mut connection = server.database.connection().await;
        diesel::sql_query(sql).load(&mut connection).await.expect("a query")
    });
    rows.into_iter().map(|row| row.text).collect()
}

/// The tallies that are not what they must be.
fn wrong(server: &Server) -> Vec<String> {
    query(
        server,
        "WITH told AS (SELECT dataset, country, kind, first_month, last_month, to_the_day, sum(count)::integer AS count FROM incident_tallies
            GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(count) <> 0)
         SELECT row::text AS text FROM ((TABLE told EXCEPT TABLE tallied_incidents) UNION (TABLE tallied_incidents EXCEPT TABLE told)) AS row",
    )
}

/// What makes the server look at each incident, and leaves none out.
const ONE_BY_ONE: &str = "&updated_since=1900-01-01T00:00:00Z";

/// Asks at random, and asserts that both ways to count, and the list, agree.
fn ask(server: &Server, editor: &str, chance: &mut Chance, times: usize) {
    const GROUPINGS: [&str; 6] = ["country", "kind", "category", "dataset", "month", "year"];
    let (mut any, mut dated) = (0, 0);
    for turn in 0..times {
        let (one, two) = (chance.one_of(&GROUPINGS), chance.one_of(&GROUPINGS));
        let by = if one == two { one.to_owned() } else { format!("{one},{two}") };
        let mut filter = chance.some_of(&[
            ("country", &["KG", "KZ,UZ", "KG,TJ"]),
            ("country_not", &["KG", "KZ,UZ"]),
            ("kind", &["assembly", "law.adopted", "pressure.raid,law"]),
            ("kind_not", &["assembly.protest", "law"]),
            ("dataset", &["central-asia", "partner,inside"]),
        ]);
        let mut day = || {
            let day = ["01", "15", "28", "30", "31"][chance.below(5)];
            let month =
                [("2018", "12"), ("2019", "01"), ("2019", "07"), ("2020", "01"), ("2020", "03"), ("2020", "12")]
                    [chance.below(6)];
            format!("{}-{}-{day}", month.0, month.1)
        };
        let (from, to) = (day(), day());
        let which = chance.below(4);
        if which % 2 == 1 {
            filter.extend(["&date_from=", (&from).min(&to)]);
        }
        if which >= 2 {
            filter.extend(["&date_to=", (&from).max(&to)]);
        }
        let ask = |path: &str| if turn % 2 == 0 { server.get(path) } else { server.get_as(editor, path) };
        let query = format!("/v1/stats/incidents?group_by={by}{filter}");
        let (tallied, counted) = (ask(&query), ask(&format!("{query}{ONE_BY_ONE}")));
        assert_eq!(tallied.json(), counted.json(), "{query}");
        let sum: i64 = tallied.each("/count").iter().map(|count| count.as_i64().expect("a number")).sum();
        let total = ask(&format!("/v1/incidents?limit=1&include_total=true{filter}")).at("/meta/total/value");
        assert_eq!((json!(sum), tallied.at("/meta/total")), (total.clone(), total), "{query}");
        any += usize::from(sum > 0);
        dated += usize::from(sum > 0 && which > 0);
    }
    assert!(any > times / 4 && dated > times / 6, "too little is found to tell: {any}, {dated}");
}

#[test]
fn tallies_tell_what_counting_tells_whatever_is_asked_and_written() {
    let server = Server::start();
    let editor = server.key(Role::Editor);
    server.dataset("partner", "public");
    server.dataset("inside", "internal");
    server.incident(on("2020-03-02", json!({})));
    let mut chance = Chance(7);
    for (round, change) in [
        "SELECT",
        "UPDATE incidents SET state = 'retracted' WHERE hashtext(id::text) % 3 = 0",
        "UPDATE incidents SET state = 'published', country = 'KG' WHERE hashtext(id::text) % 5 = 1",
        "UPDATE incidents SET dataset = 'inside', title = 'y' WHERE hashtext(id::text) % 4 = 0",
        "UPDATE incidents SET end_date = end_date + 40 WHERE hashtext(id::text) % 3 = 1 AND end_date IS NOT NULL",
        "UPDATE incidents SET start_date = NULL, end_date = NULL, date_precision = 'unknown' WHERE hashtext(id::text) % 7 = 0",
        "UPDATE incidents SET kind = 'law.adopted' WHERE hashtext(id::text) % 4 = 2",
        "DELETE FROM incidents WHERE hashtext(id::text) % 3 = 2",
    ]
    .into_iter()
    .enumerate()
    {
        let first = u32::try_from(round).expect("a number") * 400;
        fill(&server, first, first + 399);
        server.database.execute(change);
        if round % 3 == 1 {
            assert!(fold(&server) > 0);
        }
        // What was changed behind the back of the log is seen with the next change that is in it.
        server.article(json!({}));
        ask(&server, &editor, &mut chance, 16);
        assert_eq!(wrong(&server), Vec::<String>::new(), "{change}");
    }
}

#[test]
fn every_way_to_write_is_tallied() {
    let server = Server::start();
    let editor = server.key(Role::Editor);
    let query = "/v1/stats/incidents?group_by=country,month";
    let place = |country: &str| super::in_country(json!(country), json!(null));
    let of = |external_id: &str, country: &str| {
        let coding = json!({ "method": "human", "codebook": "1.0" });
        on(
            "2020-03-02",
            json!({ "external_id": external_id, "title": "x", "kind": "law.adopted", "location": place(country), "coding": coding }),
        )
    };
    let expect = |expected: &[&str]| {
        assert_eq!(rows(&server.get(query)), expected);
        assert_eq!(wrong(&server), Vec::<String>::new());
    };
    server.incident(json!({ "external_id": "first", "location": place("UZ") }));
    let created = server.write(&editor, "POST", "/v1/incidents", &of("a", "KG"), &[]);
    assert_eq!(created.status, 201, "{created}");
    expect(&["KG 2020-03 1", "UZ 2020-03 0", "UZ null 1"]);
    let path = format!("/v1/incidents/{}", created.at("/id").as_str().expect("an id"));
    let change = |version: &str, patch: Value| {
        let changed = server.write(&editor, "PATCH", &path, &patch, &[("If-Match", &format!("\"{version}\""))]);
        assert_eq!(changed.status, 200, "{changed}");
    };
    change("1", json!({ "title": "y" }));
    change("2", json!({ "location": { "country": "KZ" } }));
    expect(&["KZ 2020-03 1", "UZ 2020-03 0", "UZ null 1"]);
    change("3", json!({ "state": "retracted" }));
    expect(&["UZ null 1"]);
    change("4", json!({ "state": "published" }));
    let lines = [
        of("b", "KG"),
        of("c", "KG"),
        json!({ "external_id": "a", "start_date": "2020-04-01", "end_date": "2020-04-01" }),
    ];
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    let headers = [("Authorization", &*format!("Bearer {editor}")), ("Content-Type", "application/x-ndjson")];
    let loaded = server.send("POST", "/v1/incidents/batch", &headers, lines.join("\n").as_bytes());
    assert_eq!(loaded.status, 200, "{loaded}");
    expect(&[
        "KG 2020-03 2",
        "KG 2020-04 0",
        "KZ 2020-03 0",
        "KZ 2020-04 1",
        "UZ 2020-03 0",
        "UZ 2020-04 0",
        "UZ null 1",
    ]);
    let id = |external_id: &str| server.get(&format!("/v1/incidents?external_id={external_id}")).at("/data/0/id");
    let [b, c] = ["b", "c"].map(|external_id| id(external_id).as_str().expect("an id").parse().expect("an id"));
    server.merge("incidents", b, c);
    expect(&[
        "KG 2020-03 1",
        "KG 2020-04 0",
        "KZ 2020-03 0",
        "KZ 2020-04 1",
        "UZ 2020-03 0",
        "UZ 2020-04 0",
        "UZ null 1",
    ]);
}

#[test]
fn a_change_that_tallies_do_not_tell_of_writes_none() {
    let server = Server::start();
    server.incident(json!({}));
    let count = || query(&server, "SELECT count(*)::text AS text FROM incident_tallies")[0].clone();
    let before = count();
    server.database.execute("UPDATE incidents SET title = 'Another', verification = 'verified', place = 'Osh'");
    assert_eq!(count(), before);
    server.database.execute("UPDATE incidents SET country = 'KG'");
    assert_ne!(count(), before);
}

#[test]
fn folding_leaves_one_row_of_the_same_and_none_of_what_is_gone() {
    let server = Server::start();
    let kept: Vec<_> = (0..5).map(|_| server.incident(on("2020-03-02", json!({})))).collect();
    let lost = server.incident(json!({ "kind": "law.adopted" }));
    let told =
        || query(&server, "SELECT concat_ws(' ', country, kind, count) AS text FROM incident_tallies ORDER BY 1");
    assert_eq!(fold(&server), 12);
    assert_eq!(told(), [" assembly.protest 5", " law.adopted 1", "* assembly.protest 5", "* law.adopted 1"]);
    server.retract("incidents", lost);
    server.retract("incidents", kept[0]);
    counts(&server, &[("group_by=kind", &["assembly.protest 4"])]);
    assert_eq!(fold(&server), 4);
    assert_eq!(told(), [" assembly.protest 4", "* assembly.protest 4"]);
    assert_eq!(fold(&server), 0);
    counts(&server, &[("group_by=kind", &["assembly.protest 4"])]);
    assert_eq!(wrong(&server), Vec::<String>::new());
}

#[test]
fn writers_wait_neither_for_one_another_nor_for_who_folds() {
    let server = Server::start();
    let ids = ["a", "b"].map(|title| server.incident(json!({ "title": title })));
    let retract = format!("UPDATE incidents SET state = 'retracted' WHERE id = '{}'", ids[0]);
    let fold = "SELECT fold_incident_tallies()";
    for held in [retract.as_str(), fold] {
        server.database.locked(held, || {
            server.database.execute(&format!(
                "SET lock_timeout = '3s'; UPDATE incidents SET country = 'KZ' WHERE id = '{}'",
                ids[1]
            ));
            server.database.execute("SET lock_timeout = '3s'; SELECT fold_incident_tallies()");
            server.database.release();
        });
        assert_eq!(wrong(&server), Vec::<String>::new(), "{held}");
    }
}

#[test]
fn the_seed_dataset_adds_up_however_it_is_asked() {
    let server = Server::seeded();
    let total = server.get("/v1/incidents?limit=1&include_total=true").at("/meta/total/value");
    for by in [
        "country",
        "admin1",
        "kind",
        "category",
        "effect",
        "year",
        "month",
        "week",
        "day",
        "verification",
        "dataset",
        "country,day",
        "week,kind",
    ] {
        let query = format!("/v1/stats/incidents?group_by={by}");
        let answer = server.get(&query);
        let sum: i64 = answer.each("/count").iter().map(|count| count.as_i64().expect("a number")).sum();
        assert_eq!((json!(sum), answer.at("/meta/total")), (total.clone(), total.clone()), "{by}");
        assert_eq!(answer.json(), server.get(&format!("{query}{ONE_BY_ONE}")).json(), "{by}");
    }
    let detained = server.get("/v1/stats/incidents?group_by=country&measure=detained");
    for row in detained.at("/data").as_array().expect("rows") {
        let [low, high] = ["low", "high"].map(|bound| row[bound].as_f64().expect("a sum"));
        assert!(0.0 < low && low <= high && high < 20_000.0, "{row}");
    }
}

#[test]
fn a_period_within_one_month_is_told_day_by_day() {
    let server = Server::start();
    for (start, end, precision) in [
        ("2020-03-02", "2020-03-02", "day"),
        ("2020-02-20", "2020-03-09", "day"),
        ("2020-03-12", "2020-04-02", "day"),
        ("2020-03-01", "2020-03-31", "month"),
    ] {
        server.incident(during(
            start,
            end,
            precision,
            json!({ "location": super::in_country(json!("KG"), json!(null)) }),
        ));
    }
    counts(
        &server,
        &[
            ("group_by=country&date_from=2020-03-10&date_to=2020-03-11", &["KG 1"]),
            ("group_by=country&date_from=2020-03-09&date_to=2020-03-12", &["KG 3"]),
            ("group_by=country&date_from=2020-03-01&date_to=2020-03-31", &["KG 4"]),
            ("group_by=country&date_from=2020-03-02&date_to=2020-03-30", &["KG 4"]),
            ("group_by=country&date_from=2020-03-03", &["KG 3"]),
            ("group_by=country&date_to=2020-03-01", &["KG 2"]),
            ("group_by=country&date_to=2020-02-29", &["KG 1"]),
            ("group_by=country&date_from=2020-04-02", &["KG 1"]),
            ("group_by=country&date_from=2020-04-03", &[]),
        ],
    );
}
