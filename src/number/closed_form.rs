//! Numbers as sums of square roots, for print.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::integer::{is_negative, magnitude, size};
use super::normal::Normal;
use super::surd::squarefree;
use super::{Integer, Rational};

/// Longest text that an error message repeats.
const SHORT: usize = 40;
/// Longest number with a closed form, in bits of all its coefficients: about 4,000 digits.
const MAX_BITS: usize = 13_000;

/// A sum of rational multiples of square roots of integers.
///
/// The rational term comes first (its radicand is 1), then the radicands ascend; they
/// are squarefree and no coefficient is zero. The list of zero is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedForm {
    terms: Vec<(Rational, Integer)>,
}

impl Normal {
    /// The number as a sum of square roots, where it has that form, all radicands could
    /// be factored, and it has no more than about 4,000 digits.
    pub(super) fn closed_form(&self) -> Option<ClosedForm> {
        let terms = self.terms();
        if terms.iter().map(|term| size(&term.coefficient)).sum::<usize>() > MAX_BITS {
            return None;
        }
        let mut sum: BTreeMap<Integer, Rational> = BTreeMap::new();
        for term in &*terms {
            let (outside, radicand) = squarefree(&term.monomial)?;
            *sum.entry(radicand).or_default() += &term.coefficient * outside;
        }
        let terms = sum.into_iter().map(|(radicand, coefficient)| (coefficient, radicand));
        let terms = terms.filter(|(coefficient, _)| !coefficient.is_zero()).collect();
        Some(ClosedForm { terms })
    }
}

impl ClosedForm {
    /// Coefficients and radicands.
    #[must_use]
    pub fn terms(&self) -> &[(Rational, Integer)] {
        &self.terms
    }

    /// Plain text, as the trace has it: `1 - 1/4*sqrt(2)`.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.join(" + ", " - ", |size, root| match (size.is_one(), root.is_one()) {
            (_, true) => size.to_string(),
            (true, false) => format!("sqrt({root})"),
            (false, false) => format!("{size}*sqrt({root})"),
        })
    }

    /// LaTeX, each coefficient in one fraction: `1-\frac{\sqrt{2}}{4}`.
    #[must_use]
    pub fn to_latex(&self) -> String {
        self.join("+", "-", |size, root| {
            let above = match (size.numerator().is_one(), root.is_one()) {
                (_, true) => size.numerator().to_string(),
                (true, false) => format!("\\sqrt{{{root}}}"),
                (false, false) => format!("{}\\sqrt{{{root}}}", size.numerator()),
            };
            if size.is_int() {
                above
            } else {
                format!("\\frac{{{above}}}{{{}}}", size.denominator())
            }
        })
    }

    /// Writes the terms' magnitudes with their signs between them.
    fn join(
        &self,
        plus: &str,
        minus: &str,
        write: impl Fn(&Rational, &Integer) -> String,
    ) -> String {
        let mut text = String::new();
        for (place, (coefficient, root)) in self.terms.iter().enumerate() {
            let sign = match (place, is_negative(coefficient)) {
                (0, false) => "",
                (0, true) => "-",
                (_, false) => plus,
                (_, true) => minus,
            };
            let _ = write!(text, "{sign}{}", write(&magnitude(coefficient), root));
        }
        if text.is_empty() { "0".to_owned() } else { text }
    }
}

/// The number's text, where it has a short one.
pub(super) fn short_text(value: &Normal) -> Option<String> {
    let text = value.closed_form()?.to_text();
    (text.len() <= SHORT).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_one_shape() {
        type Terms = &'static [(i64, u64, i64)];
        let table: [(Terms, &str, &str); 9] = [
            (&[], "0", "0"),
            (&[(-1, 2, 1)], "-1/2", "-\\frac{1}{2}"),
            (&[(3, 1, 1)], "3", "3"),
            (&[(1, 1, 1), (-1, 4, 2)], "1 - 1/4*sqrt(2)", "1-\\frac{\\sqrt{2}}{4}"),
            (&[(1, 1, 2)], "sqrt(2)", "\\sqrt{2}"),
            (&[(-1, 1, 2)], "-sqrt(2)", "-\\sqrt{2}"),
            (&[(3, 1, 2)], "3*sqrt(2)", "3\\sqrt{2}"),
            (&[(3, 4, 2)], "3/4*sqrt(2)", "\\frac{3\\sqrt{2}}{4}"),
            (
                &[(-5, 1, 6), (-1, 3, 2)],
                "-1/3*sqrt(2) - 5*sqrt(6)",
                "-\\frac{\\sqrt{2}}{3}-5\\sqrt{6}",
            ),
        ];
        for (terms, text, latex) in table {
            let value = terms.iter().fold(Normal::zero(), |sum, &(n, d, root)| {
                let coefficient = Rational::from_parts(n.into(), d.into());
                sum + Normal::from(coefficient) * Normal::from(root).sqrt().unwrap()
            });
            let form = value.closed_form().unwrap();
            assert_eq!(form.to_text(), text);
            assert_eq!(form.to_latex(), latex);
        }
    }

    #[test]
    fn other_atoms_have_no_closed_form() {
        let nested = (Normal::one() + Normal::from(2).sqrt().unwrap()).sqrt().unwrap();
        assert_eq!(nested.closed_form(), None);
        assert_eq!(Normal::one().exp().unwrap().closed_form(), None);
    }
}
