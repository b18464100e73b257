//! Codes of how a name sounds: names that are heard alike share one, however they are written.

use rphonetic::DoubleMetaphone;

/// The codes of tokens as [`tokens`](super::fold::tokens) gives them, sorted, each once. Words of other scripts, and
/// those too short for a code to say anything, have none.
pub fn codes(tokens: &[String]) -> Vec<String> {
    let metaphone = DoubleMetaphone::default();
    let mut codes = Vec::new();
    for token in tokens.iter().filter(|token| token.len() > 2 && token.bytes().all(|byte| byte.is_ascii_lowercase())) {
        let code = metaphone.double_metaphone(&spelt(token));
        let both = [code.primary().clone(), code.alternate().clone()];
        codes.extend(both.into_iter().filter(|code| code.len() > 1));
    }
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// The first code of a token, if it has one.
pub(super) fn code(token: &str) -> Option<String> {
    let is_plain = token.len() > 2 && token.bytes().all(|byte| byte.is_ascii_lowercase());
    let code = is_plain.then(|| DoubleMetaphone::default().double_metaphone(&spelt(token)).primary())?;
    (code.len() > 1).then_some(code)
}

/// A token in letters that English has, for which the codes are made.
fn spelt(token: &str) -> String {
    token.replace('c', "tch").replace('w', "sh")
}

#[cfg(test)]
mod tests {
    use super::codes;
    use crate::names::fold::tokens;

    #[test]
    fn what_sounds_alike_shares_a_code() {
        let of = |name: &str| codes(&tokens(name));
        let jewgeni = of("Jewgeni");
        assert!(of("Евгений").iter().any(|code| jewgeni.contains(code)), "{jewgeni:?}");
        assert_eq!(of("Жээнбеков"), of("Jeenbekov"));
    }

    #[test]
    fn short_words_and_other_scripts_have_no_code() {
        assert!(codes(&tokens("A. 2022 გიორგი")).is_empty());
    }
}
