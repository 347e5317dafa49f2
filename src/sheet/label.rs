//! What stands on one paper among many: whose it is, its code, and the digits asked for.

use crate::number::Precision;
use crate::scenario::{Label, Scenario};

use super::names::run_title;
use super::prose::Prose;

/// The entries of the byline; none for a paper that is alone.
pub(super) fn byline(scenario: &Scenario, prose: &Prose) -> Vec<String> {
    let Some(Label { code, student }) = &scenario.label else { return Vec::new() };
    let student = student.as_deref().map(plain);
    let code = prose.say("paper_code", &[("code", code.clone())]);
    student.into_iter().chain([code]).chain(digits(scenario, prose)).collect()
}

/// To how many digits answers are wanted. It follows from `display` alone, so it tells
/// nothing of the answers.
fn digits(scenario: &Scenario, prose: &Prose) -> Option<String> {
    let all = scenario.run_ids();
    let precision = |id| scenario.run(id).1.display.precision;
    let mut kinds: Vec<Precision> = Vec::new();
    for id in &all {
        if !kinds.contains(&precision(*id)) {
            kinds.push(precision(*id));
        }
    }
    if let [only] = kinds.as_slice() {
        return Some(prose.say("digits_wanted", &[("digits", in_words(*only, prose))]));
    }
    let one = |kind: &Precision| {
        let own = all.iter().filter(|id| precision(**id) == *kind);
        let names: Vec<String> = own.map(|id| run_title(scenario, prose, *id, &all)).collect();
        let blanks = [("names", prose.list(&names)), ("digits", in_words(*kind, prose))];
        prose.say("digits_of_runs", &blanks)
    };
    let list: Vec<String> = kinds.iter().map(one).collect();
    (!list.is_empty()).then(|| prose.say("digits_wanted", &[("digits", list.join("; "))]))
}

fn in_words(precision: Precision, prose: &Prose) -> String {
    let (kind, count) = match precision {
        Precision::Decimals(count) => ("decimals", count),
        Precision::Significant(count) => ("significant", count),
    };
    prose.words().counted(&format!("digits_{kind}"), count.into())
}

/// What Markdown takes for a sign inside a line.
const SIGNS: &str = "\\`*_[]<>$|~&#^{}";

/// A text that shows as it is: what Markdown would take for a sign is escaped.
pub fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if SIGNS.contains(letter) {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn names_stay_names() {
        let table = [
            ("Ada Lovelace", "Ada Lovelace"),
            ("O'Neil-Ørsted, J.", "O'Neil-Ørsted, J."),
            ("*Bob* <b>", "\\*Bob\\* \\<b\\>"),
            ("$x$ `y` a|b", "\\$x\\$ \\`y\\` a\\|b"),
        ];
        for (text, escaped) in table {
            assert_eq!(plain(text), escaped);
        }
    }
}
