//! What a misspelt word was probably meant to be.
//!
//! A candidate that differs only in case or between `-`, ` ` and `_` wins.
//! Otherwise the nearest by Damerau-Levenshtein distance (a swap of neighbours
//! counts once), if it is near for its length.

/// The candidate that was probably meant, the earlier one in a tie.
pub fn suggest<'a>(
    unknown: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let wanted = plain_form(unknown);
    let length = wanted.chars().count();
    candidates
        .into_iter()
        .filter_map(|candidate| Some((distance(&wanted, length, candidate)?, candidate)))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

fn distance(wanted: &str, length: usize, candidate: &str) -> Option<usize> {
    let form = plain_form(candidate);
    let limit = limit_for(length.max(form.chars().count()));
    // The lengths alone may rule a candidate out, which spares the quadratic
    // comparison where a whole paragraph stands for a key.
    if length.abs_diff(form.chars().count()) > limit {
        return None;
    }
    let distance = strsim::damerau_levenshtein(wanted, &form);
    (distance <= limit).then_some(distance)
}

fn plain_form(word: &str) -> String {
    word.to_lowercase().replace(['-', ' '], "_")
}

/// How many slips a word of this length may hold and still be recognised.
fn limit_for(length: usize) -> usize {
    match length {
        0..=2 => 0,
        3..=5 => 1,
        6..=9 => 2,
        _ => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn near_words_are_suggested_and_far_ones_are_not() {
        let keys = ["init", "inline", "iterations", "learning_rate", "b", "W"];
        let table = [
            ("inti", Some("init")),
            ("Init", Some("init")),
            ("inlin", Some("inline")),
            ("learning-rate", Some("learning_rate")),
            ("learningrate", Some("learning_rate")),
            ("lerning_rat", Some("learning_rate")),
            ("w", Some("W")),
            ("v", None),
            ("optimizers", None),
            ("", None),
        ];
        for (unknown, expected) in table {
            assert_eq!(suggest(unknown, keys), expected, "{unknown}");
        }
    }

    #[test]
    fn a_match_but_for_case_beats_a_near_word() {
        assert_eq!(suggest("MEAN", ["meal", "mean"]), Some("mean"));
    }
}
