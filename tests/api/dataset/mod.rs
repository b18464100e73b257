//! The seed dataset, asked through the API: it says what the five documents say, and `seeds/README.md` maps them to it.

mod figures;
mod steps;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use crate::harness::Server;

/// The dataset, and what a test asks of it.
struct Dataset {
    server: Server,
    incidents: BTreeMap<String, Value>,
    entities: BTreeMap<String, Value>,
    articles: BTreeMap<String, Value>,
}

impl Dataset {
    fn read() -> Self {
        let server = Server::seeded();
        let all = |list: &str| -> BTreeMap<String, Value> {
            let named = |record: Value| (record["external_id"].as_str().expect("an external id").to_owned(), record);
            server.all(list).into_iter().map(named).collect()
        };
        let (incidents, entities, articles) = (all("/v1/incidents"), all("/v1/entities"), all("/v1/articles"));
        Self { server, incidents, entities, articles }
    }

    fn incident(&self, external_id: &str) -> &Value {
        self.incidents.get(external_id).unwrap_or_else(|| panic!("there is no incident {external_id}"))
    }

    fn entity(&self, external_id: &str) -> &Value {
        self.entities.get(external_id).unwrap_or_else(|| panic!("there is no entity {external_id}"))
    }

    /// The legal steps of a person in the order of their dates, those without one last: `date precision step penalty`.
    fn steps_of(&self, person: &str) -> Vec<String> {
        let id = &self.entity(person)["id"];
        let incidents = self.server.get(&format!("/v1/incidents?entity={}&limit=200", id.as_str().expect("an id")));
        let incidents = incidents.at("/data");
        let mut steps: Vec<String> = list(&incidents)
            .flat_map(|incident| list(&incident["legal_steps"]))
            .filter(|step| &step["entity"]["id"] == id)
            .map(|step| {
                let penalty = &step["penalty"];
                let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let penalty = if penalty.is_null() {
                    String::new()
                } else {
                    let suspended = if penalty["suspended"] == true { " suspended" } else { "" };
                    format!(" {} {} {}{suspended}", text(&penalty["kind"]), penalty["amount"], text(&penalty["unit"]))
                };
                let date = step["date"].as_str().unwrap_or("9999");
                format!("{date} {} {}{penalty}", text(&step["date_precision"]), text(&step["step"]))
            })
            .collect();
        steps.sort();
        steps
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().expect("a list").iter()
}

#[test]
fn it_holds_what_a_careful_reader_finds_in_five_documents() {
    let dataset = Dataset::read();
    assert_eq!(dataset.articles.len(), 5);
    assert!(dataset.incidents.len() >= 90, "{}", dataset.incidents.len());
    assert!(dataset.entities.len() >= 170, "{}", dataset.entities.len());
    for (external_id, article) in &dataset.articles {
        assert_eq!((&article["published_on"], &article["published_precision"]), (&Value::Null, &json!("unknown")));
        assert!(article["incident_count"].as_i64() >= Some(26), "{external_id}");
        assert!(list(&article["mentions"]).count() >= 20, "{external_id}");
    }
    for (external_id, incident) in &dataset.incidents {
        assert_eq!(incident["coding"]["codebook"], "1.0", "{external_id}");
        assert!(!incident["summary"].as_str().expect("a summary").is_empty(), "{external_id}");
        assert!(list(&incident["participants"]).next().is_some(), "{external_id}");
    }
}

#[test]
fn entities_carry_the_names_that_people_search_by_and_their_relations() {
    let dataset = Dataset::read();
    for (entity, names) in [
        ("kg-scns", &["SCNS", "GKNB", "UKMK", "ГКНБ", "УКМК"][..]),
        ("person-sooronbay-jeenbekov", &["Soornbay Jeenbekov", "Сооронбай Жээнбеков"]),
        ("person-qasym-zhomart-toqaev", &["Kassym-Jomart Tokayev", "Касым-Жомарт Токаев", "Қасым-Жомарт Тоқаев"]),
        ("person-alnur-ulyashev", &["Alnur Ilyashev", "Альнур Ильяшев"]),
        ("democratic-choice-of-kazakhstan", &["DVK", "ДВК"]),
        ("person-olzhobay-shakir", &["Олжобай Шакир"]),
        ("iphr", &["IPHR"]),
        ("osce", &["ОБСЕ"]),
    ] {
        let aliases = &dataset.entity(entity)["aliases"];
        for name in names {
            assert!(list(aliases).any(|alias| alias["name"] == *name), "{entity} is not known as {name}");
        }
    }
    for (entity, relation, other) in [
        ("person-bolot-temirov", "spouse_of", "Makhabat Tajibek kyzy"),
        ("person-makhabat-tajibek-kyzy", "leads", "Temirov Live"),
        ("person-zhanbolat-mamai", "spouse_of", "Inga Imanbai"),
        ("person-mukhtar-ablyazov", "leads", "Democratic Choice of Kazakhstan"),
        ("person-sabyr-japarov", "family_of", "Sadyr Japarov"),
        ("person-sooronbay-jeenbekov", "family_of", "Asylbek Jeenbekov"),
        ("person-elvira-surabaldiyeva", "member_of", "Ata-Meken"),
        ("kloop-media-foundation", "owner_of", "Kloop"),
        ("radio-azattyk", "part_of", "RFE/RL"),
        ("person-lukpan-akhmedyarov", "works_for", "Uralskaya Nedelya"),
    ] {
        let relations = &dataset.entity(entity)["relations"];
        let found = list(relations).any(|stored| stored["relation"] == relation && stored["entity"]["name"] == other);
        assert!(found, "{entity} {relation} {other}: {relations:#}");
    }
}

#[test]
fn filters_find_what_a_researcher_asks_for() {
    let dataset = Dataset::read();
    let law = dataset.entity("kg-law-foreign-representatives")["id"].as_str().expect("an id").to_owned();
    for (query, expected) in [
        (format!("kind=law.adopted&entity={law}"), &["2024-03-14", "2024-04-02", "2024-04-05", "2024-04-15"][..]),
        ("kind=rating.change".to_owned(), &["2023-12-01", "2024-03-01"]),
        ("kind=association.ban".to_owned(), &["2018-01-01"]),
        ("kind=politics.appointment&place=Astana".to_owned(), &["2019-03-20"]),
        ("kind=assembly.dispersal&tag=water_cannon".to_owned(), &["2020-03-02", "2020-10-05"]),
        ("kind=liberty.ill_treatment".to_owned(), &["2024-03-27", "2024-04-05"]),
        ("kind=association.closure&country=KG&date_to=2024-02-28".to_owned(), &["2024-02-09"]),
        (
            "kind=pressure.raid&tag=journalist&date_to=2024-01-31".to_owned(),
            &["2024-01-15", "2024-01-15", "2024-01-16"],
        ),
    ] {
        let answer = dataset.server.get(&format!("/v1/incidents?sort=date&limit=200&{query}"));
        assert_eq!(answer.each("/start_date"), expected, "{query}");
    }
}

#[test]
fn nothing_lies_after_the_time_of_its_document() {
    let dataset = Dataset::read();
    // No document is dated; the last day that its text speaks of is known.
    let horizons = BTreeMap::from([
        ("diplomat-2020-03-former-kyrgyz-lawmaker-detained", "2020-03-08"),
        ("moscow-times-2020-10-kyrgyz-protesters-take-government-house", "2020-10-06"),
        ("rferl-2020-02-more-than-100-detained-kazakhstan", "2020-02-22"),
        ("former-deputies-jailed-2023-kazakhstan", "2023-04-30"),
        ("iphr-civicus-2024-04-kyrgyzstan-civic-space", "2024-04-20"),
    ]);
    let horizon = |article: &Value| {
        let (external_id, _) =
            dataset.articles.iter().find(|(_, known)| known["id"] == article["id"]).expect("a known article");
        horizons[external_id.as_str()]
    };
    let late = |date: &Value, article: &Value| date.as_str().is_some_and(|date| date > horizon(article));
    for (external_id, incident) in &dataset.incidents {
        let in_time = list(&incident["sources"]).any(|source| !late(&incident["end_date"], &source["article"]));
        assert!(in_time, "{external_id} ends after its sources");
        for step in list(&incident["legal_steps"]) {
            assert!(!late(&step["date"], &step["article"]), "{external_id}: {step:#}");
        }
    }
}

#[test]
fn the_readme_of_the_seeds_maps_every_paragraph_and_names_every_incident() {
    let dataset = Dataset::read();
    let readme =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds/README.md")).expect("a file");
    let (_, section) = readme.split_once("\n## From the documents to the records\n").expect("the section");
    let section = section.split_once("\n## ").map_or(section, |(section, _)| section);
    let mut named = BTreeSet::new();
    let mut documents = 0;
    for document in section.split("\n### ").skip(1) {
        documents += 1;
        let rows: Vec<&str> = document.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
        for (i, row) in rows.iter().enumerate() {
            let number = row.trim_start_matches("| ").split_whitespace().next().expect("a number");
            assert_eq!(number, (i + 1).to_string(), "a paragraph is missing before: {row}");
            let ids: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
            assert!(!ids.is_empty() || row.contains("not coded: "), "{row}");
            named.extend(ids.into_iter().map(str::to_owned));
        }
    }
    assert_eq!(documents, 5);
    for id in &named {
        let known =
            [&dataset.incidents, &dataset.entities, &dataset.articles].iter().any(|known| known.contains_key(id));
        assert!(known, "seeds/README.md names {id}, which is nothing");
    }
    let unnamed: Vec<&String> = dataset.incidents.keys().filter(|id| !named.contains(*id)).collect();
    assert!(unnamed.is_empty(), "seeds/README.md does not say where these come from: {unnamed:?}");
}
