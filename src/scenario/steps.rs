//! Marks of single answers, beside those of the whole part.

use crate::number::{Rational, exact_input_text, parse_decimal};

use super::Field;

/// The marks of a part: as they are written, or the sum of those of its answers.
pub(super) fn marks(
    written: Option<String>,
    field: Option<&Field<'_>>,
    steps: &[Option<String>],
) -> Option<String> {
    let number = |text: &String| parse_decimal(text).ok();
    let own: Vec<Rational> = steps.iter().flatten().filter_map(number).collect();
    if own.is_empty() {
        return written;
    }
    let sum = own.iter().fold(Rational::ZERO, |sum, marks| sum + marks);
    if let (Some(whole), Some(field)) = (written.as_ref().and_then(number), field) {
        // What the answers leave is for words.
        if whole < sum {
            field.refuse(format!(
                "the part has fewer marks, {}, than its answers together, {}",
                exact_input_text(&whole),
                exact_input_text(&sum)
            ));
        }
        return written;
    }
    Some(exact_input_text(&sum))
}

/// The marks of one answer: a number above 0.
pub(super) fn positive(field: &Field<'_>) -> Option<String> {
    let text = field.number()?.text.clone();
    match parse_decimal(&text) {
        Ok(number) if number > Rational::ZERO => Some(text),
        _ => field.expected("a number of marks above 0"),
    }
}
