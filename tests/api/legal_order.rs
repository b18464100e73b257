//! Where a person stands at law, when the order of the steps is not beyond doubt.

use crate::harness::Server;

#[test]
fn a_step_without_a_date_stands_with_its_incident_or_behind_what_is_written_before_it() {
    let server = Server::start();
    for (incidents, expected) in [
        (
            &["released 2020-03-01", "charged 2020-03-03", "@2020-03-02 | detained | convicted"][..],
            ["held", "-", "charged", "2020-03-03"],
        ),
        (&["@2024-02 | detained 2024-03-01 | released"], ["free", "-", "investigated", "2024-03-01"]),
        (&["@2024-05 | released 2024-03-01 | detained"], ["held", "-", "investigated", "-"]),
        (&["released 2024-03-01 | detained"], ["held", "-", "investigated", "-"]),
        (&["@2024-02 | detained 2024-03-01 | charged | released"], ["free", "-", "charged", "-"]),
        // The incident is later than both.
        (&["@2024-05 | detained | released 2024-03-01"], ["free", "2024-03-01", "investigated", "-"]),
        (&["detained | released 2024-03-01"], ["free", "2024-03-01", "investigated", "-"]),
        // Dates that contradict the writing are believed.
        (&["released 2024-03-05 | detained 2024-03-01"], ["free", "2024-03-05", "investigated", "2024-03-01"]),
    ] {
        assert_eq!(server.status_of(incidents), expected, "{incidents:?}");
    }
}

#[test]
fn a_step_without_any_date_overrides_nothing_but_leaves_nobody_free_or_convicted() {
    let server = Server::start();
    for (incidents, expected) in [
        (
            &["released 2020-03-01", "charged 2020-03-03", "detained | convicted"][..],
            ["unknown", "2020-03-01", "charged", "2020-03-03"],
        ),
        (&["detained 2020-03-01", "charged"], ["held", "2020-03-01", "charged", "-"]),
        (&["convicted 2020-03-01", "acquitted"], ["unknown", "-", "unknown", "2020-03-01"]),
        (&["acquitted 2020-03-01", "convicted"], ["unknown", "-", "acquitted", "2020-03-01"]),
        (&["convicted 2020-03-01", "charged"], ["unknown", "-", "convicted", "2020-03-01"]),
    ] {
        assert_eq!(server.status_of(incidents), expected, "{incidents:?}");
    }
}

#[test]
fn liberty_is_unknown_where_custody_or_the_release_may_have_come_last() {
    let server = Server::start();
    for (incidents, expected) in [
        // Custody that may be later than the release.
        (&["detained 2024-03", "released 2024-03-10"][..], ["unknown", "2024-03-10"]),
        (&["detained 2024-03", "released 2024-03"], ["unknown", "2024-03-01"]),
        (&["detained 2024", "released 2024-11-10"], ["unknown", "2024-11-10"]),
        (&["detained 2024-01-01~quarter", "released 2024-03-31"], ["free", "2024-03-31"]),
        (&["detained 2024-03-04~week", "released 2024-03-10"], ["free", "2024-03-10"]),
        (&["detained 2024-03-04~week", "released 2024-03-09"], ["unknown", "2024-03-09"]),
        (&["detained 2024-03-01~part_of_month", "released 2024-03-10"], ["unknown", "2024-03-10"]),
        (&["detained 2024-02", "released 2024-03-01"], ["free", "2024-03-01"]),
        (&["detained 2024-03", "released 2024-04"], ["free", "2024-04-01"]),
        (&["@2024-03 | detained", "released 2024-03-10"], ["unknown", "2024-03-10"]),
        (&["travel_ban 2024-01-01", "detained 2024-03", "released 2024-03-10"], ["unknown", "2024-03-10"]),
        // A release that may be later than custody.
        (&["detained 2024-03-10", "released 2024-03"], ["unknown", "2024-03-10"]),
        (&["detained 2024-01-10", "released 2024-03", "remanded 2024-03-20"], ["unknown", "2024-03-20"]),
        (&["detained 2024-02-10", "released 2024-03"], ["free", "2024-03-01"]),
        // Of restrictions, too; and one that may stand counts after a later release.
        (&["travel_ban 2024-03", "restriction_lifted 2024-03-10"], ["unknown", "2024-03-10"]),
        (
            &["detained 2024-02-01", "travel_ban 2024-03", "restriction_lifted 2024-03-10", "released 2024-04-01"],
            ["restricted", "2024-04-01"],
        ),
        // What comes after all of them is beyond doubt.
        (&["detained 2024-03", "released 2024-03-10", "released 2024-04-01"], ["free", "2024-04-01"]),
        (&["detained 2024-03", "released 2024-03-10", "still_held 2024-04-01"], ["held", "2024-04-01"]),
        // While it is unknown whether the person is held, a ban tells nothing of liberty.
        (&["detained 2024-03", "released 2024-03-10", "travel_ban 2024-04-01"], ["unknown", "2024-03-10"]),
        // In any order the person is held, or dead.
        (&["detained 2024-03", "remanded 2024-03-10"], ["held", "2024-03-10"]),
        (&["travel_ban 2024-03", "detained 2024-03-10"], ["held", "2024-03-10"]),
        (&["detained 2024-03", "died_in_custody 2024-03-10"], ["dead", "2024-03-10"]),
        // What is written in one incident has its order, and so has what is of one day.
        (&["detained 2024-03 | released 2024-03-10"], ["free", "2024-03-10"]),
        (&["detained 2024-03-10 | released 2024-03"], ["free", "2024-03-01"]),
        (&["detained 2024-03-10~week | released 2024-03-10"], ["free", "2024-03-10"]),
        (&["detained 2024-03 | released 2024-03"], ["free", "2024-03-01"]),
        (&["released 2024-03-10 | detained 2024-03"], ["held", "2024-03-01"]),
        (&["released 2024-03-10", "detained 2024-03-10"], ["free", "2024-03-10"]),
        (&["detained 2024-03 | released 2024-03-10", "house_arrest 2024-03-20"], ["house_arrest", "2024-03-20"]),
    ] {
        assert_eq!(server.status_of(incidents)[..2], expected, "{incidents:?}");
    }
}

#[test]
fn nobody_is_convicted_while_the_verdict_may_have_been_taken_away() {
    let server = Server::start();
    for (incidents, expected) in [
        (&["acquitted 2024", "convicted 2024-03-10"][..], ["unknown", "2024-03-10"]),
        (&["verdict_quashed 2024", "sentenced 2024-03-10 = imprisonment"], ["unknown", "2024-03-10"]),
        (
            &["convicted 2023-01", "acquitted 2024-03", "verdict_changed 2024-03-10 = probation"],
            ["unknown", "2024-03-10"],
        ),
        (&["acquitted 2023", "convicted 2024-03-10"], ["convicted", "2024-03-10"]),
        (&["convicted 2024", "acquitted 2024-03-10"], ["acquitted", "2024-03-10"]),
        // What usually leads to a verdict leaves no doubt of it.
        (&["charged 2024", "trial_opened 2024", "convicted 2024-03-10"], ["convicted", "2024-03-10"]),
        (&["acquitted 2024 | convicted 2024-03-10"], ["convicted", "2024-03-10"]),
    ] {
        assert_eq!(server.status_of(incidents)[2..], expected, "{incidents:?}");
    }
}
