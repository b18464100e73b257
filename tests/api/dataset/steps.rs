//! The legal steps of each person, in their order.

use super::Dataset;

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
