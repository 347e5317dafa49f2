//! Marks of single answers, beside those of the whole part.
//!
//! The part's own marks stand on the handout, which must not change with the answers; so they are
//! written even where they are the sum of the answers'.

use crate::number::{Rational, exact_input_text, parse_decimal};

use super::Field;

/// Refuses marks of answers that don't go with those of their part; `field` is the list of answers,
/// `whole` the key `marks`.
pub(super) fn check(
    steps: &[Option<String>],
    field: Option<&Field<'_>>,
    whole: Option<&Field<'_>>,
) {
    let number = |text: &str| parse_decimal(text).ok();
    let own: Vec<Rational> = steps.iter().flatten().filter_map(|text| number(text)).collect();
    let sum = own.iter().fold(Rational::ZERO, |sum, marks| sum + marks);
    let told = || exact_input_text(&sum);
    match (whole, field) {
        _ if own.is_empty() => {}
        (None, Some(field)) => {
            let told = told();
            let problem =
                field.problem(format!("these answers have {told} marks, their part none"));
            field.report().push(problem.with_help(format!("add `marks: {told}` to the part")));
        }
        (Some(whole), _) => {
            let written = whole.node().scalar().and_then(|scalar| number(&scalar.text));
            // What the answers leave is for words.
            if written.is_some_and(|written| written < sum) {
                let told = told();
                whole.refuse(format!("the part has fewer marks than its answers together, {told}"));
            }
        }
        (None, None) => {}
    }
}

/// The marks of one answer: a number above 0.
pub(super) fn positive(field: &Field<'_>) -> Option<String> {
    let text = field.number()?.text.clone();
    match parse_decimal(&text) {
        Ok(number) if number > Rational::ZERO => Some(text),
        _ => field.expected("a number of marks above 0"),
    }
}
