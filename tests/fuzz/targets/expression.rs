//! Any text read as an expression, and all that hangs on its tree alone.
//!
//! What the tree prints as is read again as the same tree, and its LaTeX can be set. Names stand for
//! numbers, and once more, where the shapes fit, for matrices.

#![no_main]

use std::collections::BTreeMap;

use gradsheet::formula::adjoint::{shares, total};
use gradsheet::formula::chain::derivative;
use gradsheet::formula::extent::{extent, longest_derivative};
use gradsheet::formula::latex::Printer;
use gradsheet::formula::notation::Notation;
use gradsheet::formula::shape::{Shape, Size, infer};
use gradsheet::formula::{Expression, Parsed, Shown, parse};
use gradsheet::limits::Limit;
use gradsheet::number::Rational;
use gradsheet::publish::{Display, to_mathml};
use libfuzzer_sys::fuzz_target;

/// Longer expressions only repeat what shorter ones do, slowly.
const LONGEST: usize = 1_000;

fuzz_target!(|text: &str| {
    match parse(text) {
        Ok(parsed) => follow(text, &parsed),
        Err(error) => {
            // The end of the text is a place too.
            assert!(error.offset <= text.len(), "{error:?}");
            assert!(text.is_char_boundary(error.offset), "{error:?}");
        }
    }
});

fn follow(text: &str, parsed: &Parsed) {
    let expression = &parsed.expression;
    for mention in &parsed.names {
        assert!(text[mention.offset..].starts_with(&mention.name), "{mention:?}");
    }
    printed(expression);
    if text.len() > LONGEST {
        return;
    }
    set(expression);
    let Some(target) = parsed.names.first() else { return };
    for product in derivative(expression, &target.name, &|_| None).into_iter().flatten() {
        product.factors.iter().for_each(set);
    }
    for shape in [Shape::Scalar, Shape::Matrix(Size::number(2), Size::number(2))] {
        let names = parsed.names.iter().map(|mention| (mention.name.clone(), shape.clone()));
        let shapes: BTreeMap<String, Shape> = names.collect();
        if let Ok((_, told)) = infer(expression, &shapes) {
            let longest = longest_derivative(&told).map_or(0, |(_, parts)| parts);
            // A scenario with a longer one is refused.
            if longest <= Limit::FormulaLength.get() {
                let total = total(shares(&told, None, &target.name, &shapes));
                let parts = extent(&total, &|_| None).parts;
                assert!(parts <= 4 * longest + 100, "{parts} parts, expected {longest}");
                set(&total);
            }
        }
    }
}

/// What a tree prints as is read as the same tree, as far as it may be read at all.
fn printed(expression: &Expression) {
    let text = expression.to_string();
    if let Ok(again) = parse(&text) {
        assert_eq!(again.expression.to_string(), text);
    }
}

/// The LaTeX of a tree can be set, or is too long or nested to be.
fn set(expression: &Expression) {
    let notation = Notation::default();
    let number = |value: &Rational| {
        let magnitude = value.to_string();
        let negative = magnitude.starts_with('-');
        let magnitude = magnitude.trim_start_matches('-').to_owned();
        Shown { magnitude, negative, exact: true, compound: false }
    };
    let printer = Printer { name: &|name| notation.latex(name), number: &number };
    let latex = printer.latex(expression);
    if let Err(message) = to_mathml(&latex, Display::Block) {
        let bounded = ["nested more than", "the limit `formula_length`", "too complex"];
        assert!(bounded.iter().any(|known| message.contains(known)), "{message}: {latex}");
    }
}
