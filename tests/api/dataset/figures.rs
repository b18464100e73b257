//! The figures of the incidents: what was claimed, in whose words, and by whom.

use serde_json::json;

use super::{Dataset, list};

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
