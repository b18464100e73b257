//! Values as `FollowTheMoney` cleans them, so that it finds nothing to change or to refuse.

use chrono::{Datelike, NaiveDate};
use unicode_normalization::UnicodeNormalization;
use url::{Host, Url};

use crate::codebook::DatePrecision;

/// How many characters a name has at most.
pub(super) const LONGEST_NAME: usize = 384;

/// How many characters an address has at most.
const LONGEST_ADDRESS: usize = 250;

/// How many characters the address of a page has at most.
const LONGEST_URL: usize = 4096;

/// Text of several lines: composed, without what cannot be seen; none if nothing is left.
pub(super) fn text(value: &str) -> Option<String> {
    let seen: String = value.nfc().filter(|c| !is_invisible(*c)).map(|c| if is_blank(c) { ' ' } else { c }).collect();
    let composed: String = seen.trim().nfc().collect();
    (!composed.is_empty()).then_some(composed)
}

/// Text of one line, with one space between words.
pub(super) fn name(value: &str) -> Option<String> {
    let text = text(value)?;
    let words: Vec<&str> = text.split_whitespace().collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The parts of an address, the smallest first.
pub(super) fn address(parts: &[Option<&str>]) -> Option<String> {
    let parts: Vec<&str> = parts.iter().copied().flatten().collect();
    // A semicolon is taken for the end of a line, and a line for a part.
    let text = name(&parts.join(", ").replace(';', ", "))?;
    let words: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    Some(beginning(&words.join(", "), LONGEST_ADDRESS)).filter(|text| !text.is_empty())
}

/// So many characters of a text, or all.
pub(super) fn beginning(text: &str, most: usize) -> String {
    let end = text.char_indices().nth(most).map_or(text.len(), |(end, _)| end);
    text[..end].trim_end().to_owned()
}

/// The address of a page, if it has a host that may exist; without a scheme it is taken for `http`.
pub(super) fn url(value: &str) -> Option<String> {
    let value = value.trim();
    let has_scheme = value.starts_with("http://") || value.starts_with("https://");
    if !has_scheme && (value.contains("://") || !value.contains('.')) {
        return None;
    }
    let mut url = Url::parse(&if has_scheme { value.to_owned() } else { format!("http://{value}") }).ok()?;
    if let Some(Host::Domain(domain)) = url.host()
        && !is_domain(domain)
    {
        return None;
    }
    // A question mark or a hash with nothing behind it says nothing.
    if url.query() == Some("") {
        url.set_query(None);
    }
    if url.fragment() == Some("") {
        url.set_fragment(None);
    }
    Some(url.into()).filter(|url: &String| url.len() <= LONGEST_URL)
}

/// Labels with a letter or a digit in each; the last of several is longer than one letter, and no number.
fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.trim_end_matches('.').split('.').collect();
    let fits = |label: &&str| {
        label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && label.bytes().any(|b| b.is_ascii_alphanumeric())
    };
    let ends_well = |last: &&str| last.len() > 1 && !last.bytes().all(|b| b.is_ascii_digit());
    labels.iter().all(fits) && (labels.len() == 1 || labels.last().is_some_and(ends_well))
}

/// When something happened that lies somewhere in a period: what the days of the period have in common, `2012-10` or
/// `2012`. A period over the turn of a year is in either year.
pub(super) fn somewhere_in(start: NaiveDate, end: NaiveDate, precision: DatePrecision) -> Vec<String> {
    let year = |day: NaiveDate| format!("{:04}", day.year());
    if start.year() != end.year() {
        return vec![year(start), year(end)];
    }
    if start.month() != end.month() || precision == DatePrecision::Year {
        return vec![year(start)];
    }
    vec![format!("{}-{:02}", year(start), start.month())]
}

/// Characters that take no place: control characters but tab and line ends, and those that steer layout.
fn is_invisible(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => true,
        c => c.is_control(),
    }
}

/// Spaces other than the usual one.
fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\u{a00}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_composed_and_shows_all_that_it_holds() {
        assert_eq!(text(" e\u{301}\u{200b}\u{feff}t\u{85}\u{2003}a\nb ").as_deref(), Some("\u{e9}t a\nb"));
        assert_eq!(text("e\u{200b}\u{301}").as_deref(), Some("\u{e9}"), "what was torn apart is composed");
        assert_eq!(text("\u{200b} \u{a0}"), None);
        assert_eq!(name("a \u{a0} b\tc").as_deref(), Some("a b c"));
    }

    #[test]
    fn an_address_has_its_parts_once_and_not_too_many_letters() {
        assert_eq!(
            address(&[Some("Bishkek; Ala-Too,"), None, Some("Chuy")]).as_deref(),
            Some("Bishkek, Ala-Too, Chuy")
        );
        assert_eq!(address(&[None, Some(";,")]), None);
        assert_eq!(address(&[Some(&"Ж".repeat(400))]).map(|text| text.chars().count()), Some(250));
    }

    #[test]
    fn a_page_has_a_host() {
        assert_eq!(url("https://thediplomat.com").as_deref(), Some("https://thediplomat.com/"));
        assert_eq!(url("kloop.kg/news?#").as_deref(), Some("http://kloop.kg/news"));
        assert_eq!(
            url("https://пример.рф/новости").as_deref(),
            Some("https://xn--e1afmkfd.xn--p1ai/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8")
        );
        for bad in ["https://-/", "https://a..b/", "http://x.y/", "ftp://a.org", "a site", "no site."] {
            assert_eq!(url(bad), None, "{bad}");
        }
        assert_eq!(url(&format!("https://example.org/{}", "я".repeat(1_000))), None);
    }

    #[test]
    fn a_period_is_known_as_well_as_its_days_agree() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let within = |start, end, precision| somewhere_in(day(start), day(end), precision);
        assert_eq!(within("2012-10-01", "2012-10-31", DatePrecision::Month), ["2012-10"]);
        assert_eq!(within("2012-10-11", "2012-10-20", DatePrecision::PartOfMonth), ["2012-10"]);
        assert_eq!(within("2012-03-01", "2012-05-31", DatePrecision::Quarter), ["2012"]);
        assert_eq!(within("2012-10-01", "2012-10-31", DatePrecision::Year), ["2012"]);
        assert_eq!(within("2012-12-31", "2013-01-06", DatePrecision::Week), ["2012", "2013"]);
    }
}
