//! Web addresses in one spelling: what does not tell one page from another is left out.

use url::Url;

/// Parameters that say where a reader came from, and nothing of the page.
const TRACKING: [&str; 16] = [
    "_ga",
    "cmpid",
    "dclid",
    "fb_action_ids",
    "fbclid",
    "gclid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "msclkid",
    "ocid",
    "smid",
    "twclid",
    "wbraid",
    "yclid",
    "ysclid",
];

/// How the parameters of campaigns begin.
const CAMPAIGN: &str = "utm_";

/// Hosts below a publisher's own that show the same pages for other devices.
const VARIANTS: [&str; 5] = ["www.", "m.", "mobile.", "amp.", "wap."];

/// Archives that keep copies at `/web/TIME/ADDRESS` or `/TIME/ADDRESS`.
const ARCHIVES: [&str; 8] = [
    "web.archive.org",
    "archive.org",
    "archive.today",
    "archive.ph",
    "archive.is",
    "archive.li",
    "archive.vn",
    "archive.md",
];

/// An address in one spelling: without scheme, default port, fragment, `www.` and the like, tracking parameters and a slash
/// at the end; the other parameters in order. Of a copy in an archive, the address of what was copied. What is no address
/// stays as it is.
pub(super) fn canonical(address: &str) -> String {
    canonical_within(address, 2)
}

/// As [`canonical`], of what copies of copies lead to up to so many of them.
fn canonical_within(address: &str, copies: u8) -> String {
    let Ok(url) = Url::parse(address) else { return address.to_owned() };
    if let Some(copied) = copied(&url).filter(|_| copies > 0) {
        return canonical_within(&copied, copies - 1);
    }
    let mut host = url.host_str().unwrap_or_default().trim_end_matches('.');
    while let Some(rest) =
        VARIANTS.iter().find_map(|variant| host.strip_prefix(variant)).filter(|rest| rest.contains('.'))
    {
        host = rest;
    }
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let mut path = url.path().trim_end_matches('/');
    path = path.strip_suffix("/amp").unwrap_or(path);
    let is_telling = |name: &str| !name.starts_with(CAMPAIGN) && !TRACKING.contains(&name) && name != "amp";
    let mut pairs: Vec<_> = url.query_pairs().filter(|(name, _)| is_telling(&name.to_lowercase())).collect();
    pairs.sort();
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let query = query.extend_pairs(pairs).finish();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{host}{port}{path}{mark}{query}")
}

/// The address that an archive made a copy of.
fn copied(url: &Url) -> Option<String> {
    url.host_str().filter(|host| ARCHIVES.contains(&host.trim_start_matches("www.")))?;
    let path = url.path().strip_prefix("/web").unwrap_or(url.path());
    let (time, address) = path.trim_start_matches('/').split_once('/')?;
    if !time.starts_with(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    let scheme = ["http:", "https:"].into_iter().find(|scheme| address.starts_with(scheme));
    // Some archives write one slash, or no scheme at all.
    let rest = scheme.map_or(address, |scheme| &address[scheme.len()..]).trim_start_matches('/');
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let looks_like_one = rest.split('/').next().is_some_and(|host| host.contains('.'));
    looks_like_one.then(|| format!("{}//{rest}{query}", scheme.unwrap_or("https:")))
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn spellings_of_one_address_are_one() {
        for same in [
            "https://example.org/news/2020?id=7",
            "http://Example.ORG/news/2020?id=7",
            "https://www.example.org:443/news/2020/?id=7#comments",
            "https://m.example.org/news/2020?utm_source=x&id=7&UTM_Medium=y&fbclid=z",
            "https://amp.example.org/news/2020/amp/?id=7",
            "https://web.archive.org/web/20200304010203/https://www.example.org/news/2020?id=7",
            "https://web.archive.org/web/20200304010203id_/http:/example.org/news/2020?id=7",
            "https://archive.ph/20200304/https://example.org/news/2020?id=7",
        ] {
            assert_eq!(canonical(same), "example.org/news/2020?id=7", "{same}");
        }
        assert_eq!(canonical("https://example.org/?b=2&a=1"), canonical("https://example.org?a=1&b=2"));
        assert_eq!(canonical("https://пример.рф/новость/"), canonical("http://xn--e1afmkfd.xn--p1ai/новость"));
    }

    #[test]
    fn what_tells_pages_apart_stays() {
        let page = canonical("https://example.org/news?id=7");
        for other in [
            "https://example.org/news?id=8",
            "https://example.org/news",
            "https://example.org/News?id=7",
            "https://example.org:8080/news?id=7",
            "https://media.example.org/news?id=7",
            "https://example.com/news?id=7",
        ] {
            assert_ne!(canonical(other), page, "{other}");
        }
        assert_eq!(canonical("https://m.org/"), "m.org", "a host of its own");
        assert_eq!(canonical("https://archive.ph/AbCdE"), "archive.ph/AbCdE", "a copy that does not say of what");
        assert_eq!(canonical("https://"), "https://", "no address");
    }
}
