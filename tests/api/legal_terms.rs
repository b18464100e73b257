//! Where a person stands at law: what penalties say, how long terms go on, and what stands beneath custody.

use chrono::{Days, NaiveDate, Utc};

use crate::harness::Server;

/// The day so many days ago, or with a minus, so many days ahead.
fn day(ago: i64) -> String {
    let today = Utc::now().date_naive();
    let days = Days::new(ago.unsigned_abs());
    (if ago < 0 { today + days } else { today - days }).to_string()
}

impl Server {
    /// The liberty after steps of this many days ago, each in an incident of its own, and that since how many days.
    fn liberty_after(&self, steps: &[(i64, &str)]) -> (String, i64) {
        let incidents: Vec<String> = steps
            .iter()
            .map(|(ago, told)| {
                let (code, penalty) = told.split_once(" = ").unwrap_or((told, ""));
                let (code, precision) = code.split_once('~').unwrap_or((code, "day"));
                format!("{code} {}~{precision} = {penalty}", day(*ago)).trim_end_matches(" = ").to_owned()
            })
            .collect();
        let incidents: Vec<&str> = incidents.iter().map(String::as_str).collect();
        let [liberty, as_of, ..] = self.status_of(&incidents);
        let date: NaiveDate = as_of.parse().expect("a date");
        (liberty, (Utc::now().date_naive() - date).num_days())
    }
}

#[test]
fn what_a_sentence_says_depends_on_its_penalty() {
    let server = Server::start();
    for (penalty, liberty, proceedings) in [
        ("imprisonment", ["held", "2"], ["convicted", "2"]),
        ("house_arrest", ["house_arrest", "2"], ["convicted", "2"]),
        ("probation", ["restricted", "2"], ["convicted", "2"]),
        ("suspended imprisonment", ["restricted", "2"], ["convicted", "2"]),
        ("suspended house_arrest", ["restricted", "2"], ["convicted", "2"]),
        ("administrative_arrest", ["held", "2"], ["investigated", "1"]),
        ("fine", ["held", "1"], ["investigated", "1"]),
        ("suspended fine", ["held", "1"], ["investigated", "1"]),
        ("damages", ["held", "1"], ["investigated", "1"]),
        ("ban", ["held", "1"], ["investigated", "1"]),
        ("", ["held", "1"], ["investigated", "1"]),
    ] {
        let sentenced = format!("sentenced 2020-03-02 = {penalty}");
        let sentenced = sentenced.trim_end_matches(" = ");
        let status = |before: &str| {
            let found = server.status_of(&[before, sentenced]);
            found.map(|text| text.trim_start_matches("2020-03-0").to_owned())
        };
        let [liberty_now, liberty_as_of, case, case_as_of] = status("detained 2020-03-01");
        assert_eq!(([liberty_now.as_str(), liberty_as_of.as_str()]), liberty, "{penalty}");
        assert_eq!(([case.as_str(), case_as_of.as_str()]), proceedings, "{penalty}");
        // In absence, custody makes nobody held.
        let told = if liberty[1] == "2" { "2" } else { "1" };
        assert_eq!(status("fled 2020-03-01")[..2], ["fugitive", told], "{penalty} in absence");
        // What is no conviction hides none.
        let since = if proceedings[0] == "convicted" { "2" } else { "1" };
        assert_eq!(status("convicted 2020-03-01")[2..], ["convicted", since], "{penalty} after a conviction");
        // A changed verdict leaves a conviction, and one that is not known is none.
        let changed = sentenced.replace("sentenced", "verdict_changed");
        let [.., case, _] = server.status_of(&[&changed]);
        let alone = match penalty {
            "administrative_arrest" => "investigated",
            _ if proceedings[0] == "convicted" => "convicted",
            _ => "unknown",
        };
        assert_eq!(case, alone, "{penalty} changed");
    }
    for penalty in ["fine 500 KGS", "damages", "ban 2 year"] {
        let found = server.status_of(&[&format!("sentenced 2020-03-02 = {penalty}")]);
        assert_eq!(found, ["unknown", "-", "unknown", "2020-03-02"], "{penalty}");
    }
    // Only what confines makes somebody wanted who was sent abroad.
    assert_eq!(
        server.status_of(&["deported 2020-03-01", "sentenced 2020-03-02 = probation"])[..2],
        ["unknown", "2020-03-01"]
    );
    assert_eq!(
        server.status_of(&["deported 2020-03-01", "sentenced 2020-03-02 = imprisonment"])[..2],
        ["fugitive", "2020-03-02"]
    );
}

#[test]
fn custody_of_a_term_that_is_over_is_told_no_more() {
    let server = Server::start();
    let arrest = "administrative_arrest = administrative_arrest 15 day";
    let week = "administrative_arrest~week = administrative_arrest 15 day";
    for (steps, expected) in [
        (&[(10, arrest)][..], ("held", 10)),
        (&[(20, arrest)], ("unknown", 20)),
        // The day may be any of the week.
        (&[(20, week)], ("held", 20)),
        (&[(22, week)], ("unknown", 22)),
        (&[(3000, "administrative_arrest = administrative_arrest")], ("held", 3000)),
        // Who is said to be held within the term is not said to be held after it; who is said so later is.
        (&[(20, arrest), (18, "still_held")], ("unknown", 18)),
        (&[(20, arrest), (2, "still_held")], ("held", 2)),
        (&[(20, arrest), (2, "still_held"), (1, "charged")], ("held", 2)),
        (&[(20, arrest), (18, "detained")], ("held", 18)),
        (&[(500, "sentenced = imprisonment 1.5 year")], ("held", 500)),
        (&[(600, "sentenced = imprisonment 1.5 year")], ("unknown", 600)),
        (&[(600, "sentenced = imprisonment 1000000000000 year")], ("held", 600)),
        (&[(600, "sentenced = probation 1.5 year")], ("unknown", 600)),
        (&[(600, "sentenced = suspended imprisonment 1 year")], ("restricted", 600)),
        // A sentence takes the place of what led to it, and an arrest that of the detention before it.
        (&[(900, "remanded"), (800, "sentenced = imprisonment 1 year")], ("unknown", 800)),
        (&[(800, "house_arrest"), (700, "sentenced = imprisonment 1 year"), (500, "released")], ("free", 500)),
        (&[(30, "detained"), (29, arrest)], ("unknown", 29)),
    ] {
        let (liberty, ago) = server.liberty_after(steps);
        assert_eq!((liberty.as_str(), ago), expected, "{steps:?}");
    }
}

#[test]
fn a_shorter_term_never_ends_a_longer_one_or_custody_without_an_end() {
    let server = Server::start();
    let arrest = "administrative_arrest = administrative_arrest 15 day";
    let prison = "sentenced = imprisonment 10 year";
    for (steps, expected) in [
        (&[(700, prison), (100, arrest)][..], ("held", 100)),
        (&[(700, prison), (100, "sentenced = imprisonment 1 month")], ("held", 100)),
        (&[(700, prison), (100, "sentenced = suspended imprisonment 1 month")], ("held", 700)),
        (&[(700, prison), (100, "sentenced = house_arrest 1 month")], ("held", 700)),
        (&[(700, "remanded"), (100, arrest)], ("held", 100)),
        (&[(700, "still_held"), (100, arrest)], ("held", 100)),
        (&[(40, arrest), (39, "remanded")], ("held", 39)),
        (&[(40, "administrative_arrest = administrative_arrest 30 day"), (39, arrest)], ("unknown", 39)),
        (&[(25, "administrative_arrest = administrative_arrest 30 day"), (24, arrest)], ("held", 24)),
        // Another court changes the term itself.
        (&[(700, prison), (600, "verdict_changed = imprisonment 1 year")], ("unknown", 600)),
        (&[(700, prison), (600, "verdict_changed")], ("held", 700)),
        // Who has served an arrest serves the sentence still.
        (&[(700, prison), (100, arrest), (85, "sentence_served")], ("held", 100)),
        (&[(700, "remanded"), (100, arrest), (85, "sentence_served")], ("held", 100)),
        (
            &[(700, "sentenced = suspended imprisonment 3 year"), (100, arrest), (85, "sentence_served")],
            ("restricted", 85),
        ),
        (&[(700, "sentenced = imprisonment 1 year"), (400, "remanded"), (320, "sentence_served")], ("held", 400)),
        (&[(700, "remanded"), (320, "sentence_served")], ("free", 320)),
        (&[(700, prison), (400, "remanded"), (320, "pardoned")], ("held", 400)),
        (&[(700, "remanded"), (600, prison), (330, arrest), (320, "pardoned")], ("free", 320)),
        (&[(700, "remanded"), (320, "pardoned")], ("free", 320)),
    ] {
        let (liberty, ago) = server.liberty_after(steps);
        assert_eq!((liberty.as_str(), ago), expected, "{steps:?}");
    }
}

#[test]
fn who_is_let_out_returns_to_the_restriction_that_stood_before() {
    let server = Server::start();
    let restrictions = [
        ("travel_ban", "restricted"),
        ("house_arrest", "house_arrest"),
        ("sentenced = suspended imprisonment 3 year", "restricted"),
        ("sentenced = probation 30 year", "restricted"),
        ("sentenced = house_arrest 30 year", "house_arrest"),
    ];
    for (restriction, status) in restrictions {
        let after = |steps: &[(i64, &str)]| {
            let (liberty, ago) = server.liberty_after(&[&[(90, restriction)], steps].concat());
            (liberty, ago)
        };
        let is = |status: &str, ago| (status.to_owned(), ago);
        assert_eq!(after(&[(80, "detained"), (78, "released")]), is(status, 78), "{restriction}");
        assert_eq!(after(&[(80, "remanded"), (78, "released"), (77, "charged")]), is(status, 78), "{restriction}");
        assert_eq!(after(&[(78, "released")]), is(status, 78), "{restriction}");
        assert_eq!(after(&[(80, "escaped"), (79, "detained"), (78, "released")]), is(status, 78), "{restriction}");
        for end in ["restriction_lifted", "pardoned"] {
            assert_eq!(after(&[(80, "detained"), (78, "released"), (70, end)]), is("free", 70), "{restriction} {end}");
        }
        assert_eq!(after(&[(80, "detained"), (79, "restriction_lifted"), (78, "released")]), is("free", 78));
        if restriction != "house_arrest" {
            let at_the_end = after(&[(80, "detained"), (78, "released"), (70, "sentence_served")]);
            assert_eq!(at_the_end, is("free", 70), "{restriction}");
        }
    }
    for (steps, expected) in [
        // A term that was over before the release restricts nobody.
        (&[(900, "sentenced = probation 1 year"), (80, "detained"), (78, "released")][..], ("free", 78)),
        (&[(900, "sentenced = probation 1 year"), (80, "charged")], ("unknown", 900)),
        (&[(900, "sentenced = house_arrest 1 year"), (80, "travel_ban")], ("restricted", 80)),
        // A ban says nothing of who is held, confined or out of reach, and counts when they are at large.
        (&[(90, "detained"), (80, "travel_ban")], ("held", 90)),
        (&[(90, "detained"), (80, "travel_ban"), (70, "released")], ("restricted", 70)),
        (&[(90, "house_arrest"), (80, "travel_ban")], ("house_arrest", 90)),
        (&[(90, "house_arrest"), (80, "travel_ban"), (70, "restriction_lifted")], ("restricted", 70)),
        (&[(90, "fled"), (80, "travel_ban")], ("fugitive", 90)),
        (&[(90, "fled"), (80, "travel_ban"), (70, "detained"), (60, "released")], ("restricted", 60)),
        (&[(90, "deported"), (80, "travel_ban")], ("unknown", 90)),
        // Custody in the place of a sentence at large leaves nothing of that.
        (&[(90, "sentenced = suspended imprisonment"), (80, "probation_revoked"), (70, "released")], ("free", 70)),
        // One lifting ends one restriction.
        (
            &[(90, "sentenced = suspended imprisonment"), (80, "travel_ban"), (70, "restriction_lifted")],
            ("restricted", 70),
        ),
        // The end of a term is no release, and so a lifted ban does not free, unless the person was told to be at large.
        (
            &[
                (90, "administrative_arrest = administrative_arrest 15 day"),
                (60, "travel_ban"),
                (40, "restriction_lifted"),
            ],
            ("free", 40),
        ),
        (
            &[
                (90, "travel_ban"),
                (80, "administrative_arrest = administrative_arrest 15 day"),
                (40, "restriction_lifted"),
            ],
            ("unknown", 80),
        ),
    ] {
        let (liberty, ago) = server.liberty_after(steps);
        assert_eq!((liberty.as_str(), ago), expected, "{steps:?}");
    }
}
