//! Variables that nothing depends on: every variant would have the same paper.

use crate::scenario::Exam;

use super::{Found, Rule, Written};

/// Keys whose texts are prose, in which a name is a name between `<<` and `>>` alone.
const PROSE: [&str; 6] = ["markdown", "text", "ask", "solution", "remark", "title"];

pub(super) fn unused(exam: &Exam, written: &Written<'_>, found: &mut Found) {
    for variable in &exam.variables {
        let name = variable.name.as_str();
        let mut used = false;
        written.each_scalar(&mut |path, text| {
            let is_own = path.first() == Some(&"variables") && path.get(1) == Some(&name);
            if used || is_own {
                return;
            }
            let is_prose = path.last().is_some_and(|key| PROSE.contains(key))
                || path.first().is_some_and(|key| *key == "cells") && text.contains(' ');
            used = if is_prose || text.contains("<<") || text.contains("<%") {
                tags(text).any(|tag| has_word(tag, name))
            } else {
                has_word(text, name)
            };
        });
        if !used {
            let message = format!("the variable `{name}` is used nowhere");
            let problem = written.at(&["variables", name], message);
            let help = "write its name where a set-up takes a number, or in a text's `<< >>`";
            found.push((Rule::UnusedVariable, problem.with_help(help)));
        }
    }
}

/// What stands in the tags of a template.
fn tags(text: &str) -> impl Iterator<Item = &str> {
    let values = text.split("<<").skip(1).filter_map(|rest| rest.split(">>").next());
    values.chain(text.split("<%").skip(1).filter_map(|rest| rest.split("%>").next()))
}

/// Whether a name stands in an expression as a whole.
pub(super) fn has_word(text: &str, name: &str) -> bool {
    let belongs = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(belongs) && !after.is_some_and(belongs)
    })
}

#[cfg(test)]
mod tests {
    use super::has_word;

    #[test]
    fn names_are_whole_words() {
        let table = [
            ("alpha/2", true),
            ("2*alpha", true),
            ("alphabet", false),
            ("alpha_1", false),
            ("beta", false),
        ];
        for (text, expected) in table {
            assert_eq!(has_word(text, "alpha"), expected, "{text}");
        }
    }
}
