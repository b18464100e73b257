//! Lists, exports, feeds and statistics hold the same records, whatever the filter.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use super::walk;
use crate::harness::Server;

/// Parameters of which any may stand beside any other.
const PARAMETERS: [(&str, &[&str]); 18] = [
    ("kind", &["assembly", "liberty", "liberty.detention", "justice,law", "politics.statement,assembly.protest"]),
    ("kind_not", &["politics", "liberty.detention,justice.trial"]),
    ("effect", &["restriction", "neutral,positive"]),
    ("country", &["KG", "KZ", "KG,KZ", "UZ"]),
    ("country_not", &["KG", "KZ,RU"]),
    ("place", &["Bishkek", "almaty"]),
    ("date_from", &["2019-06-01", "2020-03-02", "2023-01-15"]),
    ("date_to", &["2024-02-01", "2023-12-31", "2024-04-20"]),
    ("role", &["target", "authority", "organizer,witness"]),
    ("freedom", &["expression", "liberty,fair_trial"]),
    ("tag", &["journalist", "opposition,extremism"]),
    ("verification", &["unreviewed", "single_source"]),
    ("measure", &["detained", "participants", "charged,in_custody"]),
    ("step", &["detained", "sentenced,convicted"]),
    ("claimant_class", &["police", "unattributed,ngo"]),
    ("near", &["74.59,42.87,50", "76.9,43.25,300"]),
    ("bbox", &["69,39,81,44", "46,40,88,56"]),
    ("q", &["police", "Japarov", "court+-protest", "%D1%81%D1%83%D0%B4"]),
];

/// The same numbers in each run, as if drawn by lot.
struct Lots(u64);

impl Lots {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % count
    }

    /// One to three parameters.
    fn filter(&mut self) -> String {
        let (mut query, mut named) = (String::new(), BTreeSet::new());
        for _ in 0..=self.below(3) {
            let (name, values) = PARAMETERS[self.below(PARAMETERS.len())];
            let value = values[self.below(values.len())];
            if named.insert(name) {
                let _infallible = write!(query, "{name}={value}&");
            }
        }
        query.trim_end_matches('&').to_owned()
    }
}

#[test]
fn lists_exports_feeds_and_statistics_hold_the_same_incidents() {
    let (server, mut lots, mut found) = (Server::seeded(), Lots(7), 0);
    for _ in 0..60 {
        let filter = lots.filter();
        let ids = walk(&server, "incidents", &filter);
        found += usize::from(!ids.is_empty());
        let lines = server.get(&format!("/v1/incidents.ndjson?fields=id&{filter}")).lines();
        let in_lines: Vec<&str> = lines.iter().filter_map(|line| line["id"].as_str()).collect();
        assert_eq!(in_lines, ids.iter().map(String::as_str).collect::<Vec<_>>(), "{filter}");
        let rows = server.get(&format!("/v1/incidents.csv?fields=id,version&{filter}")).rows();
        assert_eq!(rows.iter().map(|row| &row["id"]).collect::<Vec<_>>(), ids.iter().collect::<Vec<_>>(), "{filter}");
        let features = server.get(&format!("/v1/incidents.geojson?{filter}")).at("/features");
        assert_eq!(features.as_array().map(Vec::len), Some(ids.len()), "{filter}");
        let total = server.get(&format!("/v1/incidents?limit=1&include_total=true&{filter}")).at("/meta/total/value");
        assert_eq!(total, ids.len(), "{filter}");
        for group_by in ["kind", "month,country", "verification", "day", "effect,dataset"] {
            let counted = server.get(&format!("/v1/stats/incidents?group_by={group_by}&{filter}"));
            assert_eq!(counted.at("/meta/total"), ids.len(), "{group_by} {filter}");
            let counts = counted.each("/count");
            assert_eq!(counts.iter().filter_map(Value::as_u64).sum::<u64>(), ids.len() as u64, "{group_by} {filter}");
        }
        let steps = server.get(&format!("/v1/legal_steps.ndjson?{filter}")).lines();
        assert!(steps.iter().all(|step| step["incident_id"].as_str().is_some_and(|id| ids.contains(id))), "{filter}");
        let feed =
            String::from_utf8(server.get(&format!("/v1/feeds/incidents.atom?limit=200&{filter}")).body).expect("text");
        assert_eq!(feed.matches("<entry>").count(), ids.len().min(200), "{filter}");
    }
    assert!(found > 20, "most filters find nothing: {found}");
}
