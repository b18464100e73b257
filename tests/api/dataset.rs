//! The seed dataset, asked through the API: it says what the five documents say, and `seeds/README.md` maps them to it.

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
fn figures_keep_what_was_said_and_by_whom() {
    let dataset = Dataset::read();
    for (incident, measure, low, high, class, claimant) in [
        ("kg-2020-03-02-bishkek-mass-detention", "detained", json!(166), json!(166), "police", "Police of Kyrgyzstan"),
        ("kg-2020-03-bishkek-detainees-released", "released", json!(162), json!(162), "police", "Police of Kyrgyzstan"),
        (
            "kg-2020-10-05-bishkek-clashes",
            "injured",
            json!(120),
            json!(null),
            "health_authority",
            "Health authorities of Kyrgyzstan",
        ),
        ("kg-2020-10-06-scns-building-stormed", "participants", json!(2000), json!(2000), "unattributed", ""),
        ("kz-2020-02-22-detentions-across-kazakhstan", "detained", json!(101), json!(null), "unattributed", ""),
        ("kz-2020-02-22-detentions-across-kazakhstan", "detained", json!(100), json!(100), "unattributed", ""),
        ("kz-2020-02-22-shymkent-detentions", "detained", json!(20), json!(20), "unattributed", ""),
        ("kz-2020-02-22-aktobe-detentions", "detained", json!(10), json!(10), "unattributed", ""),
        (
            "kz-2020-02-democratic-party-members-sentenced",
            "administrative_arrests",
            json!(10),
            json!(null),
            "party",
            "Zhanbolat Mamai",
        ),
        (
            "kz-2023-04-11-astana-oil-workers-detained",
            "detained",
            json!(126),
            json!(126),
            "prosecutor",
            "Prosecutor-General's Office of Kazakhstan",
        ),
        (
            "kz-2023-04-astana-oil-workers-administrative-arrests",
            "administrative_arrests",
            json!(5),
            json!(5),
            "prosecutor",
            "Prosecutor-General's Office of Kazakhstan",
        ),
        ("kz-2023-04-zhanaozen-solidarity-protest", "participants", json!(null), json!(null), "unattributed", ""),
        (
            "kg-2024-03-14-foreign-representatives-law-third-reading",
            "votes_for",
            json!(66),
            json!(66),
            "ngo",
            "International Partnership for Human Rights",
        ),
        (
            "kg-2024-03-14-foreign-representatives-law-third-reading",
            "votes_against",
            json!(5),
            json!(5),
            "ngo",
            "International Partnership for Human Rights",
        ),
        ("kg-2020-2023-azattyk-list-social-media-cases", "summoned", json!(29), json!(29), "outlet", "Radio Azattyk"),
        ("kg-2020-2023-azattyk-list-social-media-cases", "charged", json!(25), json!(25), "outlet", "Radio Azattyk"),
        (
            "kg-2024-01-16-temirov-live-arrests",
            "detained",
            json!(11),
            json!(11),
            "ngo",
            "International Partnership for Human Rights",
        ),
        (
            "kg-2024-temirov-live-house-arrest",
            "house_arrest",
            json!(6),
            json!(6),
            "ngo",
            "International Partnership for Human Rights",
        ),
        (
            "kg-2024-temirov-live-release-travel-ban",
            "travel_ban",
            json!(1),
            json!(1),
            "ngo",
            "International Partnership for Human Rights",
        ),
        (
            "kg-2024-04-temirov-live-four-still-held",
            "in_custody",
            json!(4),
            json!(4),
            "ngo",
            "International Partnership for Human Rights",
        ),
        (
            "kg-2024-04-kempir-abad-nine-still-held",
            "in_custody",
            json!(9),
            json!(9),
            "ngo",
            "International Partnership for Human Rights",
        ),
        (
            "kg-defamation-award-one-million-som",
            "amount",
            json!(1_000_000),
            json!(1_000_000),
            "ngo",
            "International Partnership for Human Rights",
        ),
        (
            "kg-supreme-court-reduces-defamation-award",
            "amount",
            json!(600_000),
            json!(600_000),
            "ngo",
            "International Partnership for Human Rights",
        ),
    ] {
        let figures = &dataset.incident(incident)["figures"];
        let found = list(figures).any(|figure| {
            let name = figure["claimant"]["name"].as_str().unwrap_or_default();
            (&figure["measure"], &figure["low"], &figure["high"], &figure["claimant_class"], name)
                == (&json!(measure), &low, &high, &json!(class), claimant)
        });
        assert!(found, "{incident} {measure} {low}: {figures:#}");
    }
    let two_cities = list(&dataset.incident("kz-2020-02-22-detentions-across-kazakhstan")["figures"])
        .find(|figure| figure["low"] == 100)
        .expect("the figure of two cities");
    assert_eq!((&two_cities["approximate"], &two_cities["places"]), (&json!(true), &json!(["Almaty", "Nur-Sultan"])));
}

#[test]
fn the_steps_of_each_person_tell_what_became_of_them() {
    let dataset = Dataset::read();
    for (person, expected) in [
        (
            "person-kamchybek-tashiev",
            &[
                "2012-10-01 month charged",
                "2012-10-01 month detained",
                "2013-03-01 month convicted",
                "2013-03-01 month sentenced imprisonment 1.5 year",
            ][..],
        ),
        (
            "person-kanybek-osmonaliev",
            &[
                "2018-10-01 month acquitted",
                "2020-03-02 week detained",
                "2020-03-02 week remanded",
                "2020-03-02 week still_held",
            ],
        ),
        (
            "person-almazbek-atambayev",
            &[
                "2019-01-01 year detained",
                "2020-01-01 year convicted",
                "2020-01-01 year sentenced imprisonment 11 year",
                "2020-10-06 day freed_by_force",
            ],
        ),
        (
            "person-zhanbolat-mamai",
            &[
                "2017-01-01 year convicted",
                "2017-01-01 year sentenced imprisonment 3 year suspended",
                "2020-02-21 day administrative_arrest administrative_arrest 3 day",
                "2020-02-21 day detained",
            ],
        ),
        ("person-inga-imanbai", &["2020-02-22 day detained"]),
        (
            "person-nurzhan-altayev",
            &["2023-04-11 day detained", "2023-04-11 month administrative_arrest administrative_arrest 15 day"],
        ),
        ("person-bolot-temirov", &["2022-11-01 month citizenship_revoked", "2022-11-01 month deported"]),
        (
            "person-makhabat-tajibek-kyzy",
            &[
                "2024-01-16 day detained",
                "2024-01-16 part_of_month charged",
                "2024-01-16 part_of_month remanded",
                "2024-01-29 day transferred",
                "2024-04-11 part_of_month still_held",
            ],
        ),
        (
            "person-zarina-torokulova",
            &[
                "2024-01-01 month convicted",
                "2024-01-01 month released",
                "2024-01-01 month sentenced imprisonment 5 year suspended",
                "2024-04-01 month probation_revoked imprisonment 5 year",
                "9999 unknown charged",
            ],
        ),
        (
            "person-yrys-zhekshenaliev",
            &[
                "2023-12-01 month acquitted",
                "2023-12-01 quarter appeal_filed",
                "2024-02-01 month verdict_upheld",
                "9999 unknown charged",
            ],
        ),
        (
            "person-bektur-asanov",
            &[
                "2022-10-01 month charged",
                "2022-10-01 month detained",
                "2022-10-01 quarter remanded",
                "2023-07-01 month trial_opened",
                "2024-02-01 month released",
                "2024-02-01 month travel_ban",
                "2024-02-01 quarter restriction_lifted",
                "9999 unknown charges_changed",
            ],
        ),
    ] {
        assert_eq!(dataset.steps_of(person), expected, "{person}");
    }
    // Whoever is said to have been detained, charged or tried has a step that says so.
    for person in [
        "person-sadyr-japarov",
        "person-talant-mamytov",
        "person-sabyr-japarov",
        "person-amangeldy-artykov",
        "person-duman-mukhamedkarim",
        "person-mukhtar-tayzhan",
        "person-alnur-ulyashev",
        "person-rysbek-sarsenbayuly",
        "person-marat-turymbetov",
        "person-lukpan-akhmedyarov",
        "person-asel-otorbayeva",
        "person-makhinur-niyazova",
        "person-anton-lymar",
        "person-aike-beishekeyeva",
        "person-azamat-ishenbekov",
        "person-aktilek-kaparov",
        "person-aftandil-jorobekov",
        "person-olzhobay-shakir",
        "person-ondurush-toktonasyrov",
        "person-askat-zhetigen",
        "person-ilgiz-shamenov",
    ] {
        assert!(!dataset.steps_of(person).is_empty(), "{person}");
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
