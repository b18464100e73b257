//! Where things are, as a feed may say it.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use url::Url;

/// What may not stand in an address as it is.
const FORBIDDEN: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// Where callers reach the server.
#[derive(Clone, Debug, Default)]
pub struct Site(pub Option<String>);

impl Site {
    /// The address of a path: a whole one if it is known where callers reach the server, else one that is relative to where
    /// the feed was read.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{}{}", self.0.as_deref().unwrap_or_default(), escaped(path))
    }
}

/// The address of a page elsewhere, in the one spelling that every reader takes; none if it is no address.
pub(super) fn elsewhere(url: &str) -> Option<String> {
    Url::parse(url).ok().map(|url| escaped(url.as_str()))
}

fn escaped(address: &str) -> String {
    utf8_percent_encode(address, FORBIDDEN).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_the_characters_of_addresses() {
        assert_eq!(
            elsewhere("https://пример.рф/a|b?q={\"я\"}").as_deref(),
            Some("https://xn--e1afmkfd.xn--p1ai/a%7Cb?q=%7B%22%D1%8F%22%7D")
        );
        assert_eq!(elsewhere("https://[bad"), None);
        assert_eq!(Site(None).address("/v1/a?q=\"б\""), "/v1/a?q=%22%D0%B1%22");
        assert_eq!(
            Site(Some("https://api.example.org/x".to_owned())).address("/v1/a"),
            "https://api.example.org/x/v1/a"
        );
    }
}
