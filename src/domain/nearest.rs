//! The nearest known word, for errors that make a suggestion.

/// The candidate that `word` was most likely meant to be; none if nothing is near. Case does not matter.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let worst = 1 + word.chars().count() / 3;
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= worst && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `; did you mean "len"?`, or nothing.
pub fn suggestion<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |candidate| format!("; did you mean \"{candidate}\"?"))
}

#[cfg(test)]
mod tests {
    use super::{nearest, suggestion};

    #[test]
    fn typing_errors_are_found_and_strangers_are_not() {
        let words = ["start", "talk_s", "direction"];
        assert_eq!(nearest("tlak_s", words), Some("talk_s"));
        assert_eq!(nearest("Directoin", words), Some("direction"));
        assert_eq!(nearest("zebra", words), None);
        assert_eq!(suggestion("strat", words), "; did you mean \"start\"?");
        assert_eq!(suggestion("", words), "");
    }
}
