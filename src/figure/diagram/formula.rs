//! Formulas as one element of SVG text, and an estimate of their width.
//!
//! A formula is centred on its place as a whole, and nothing but its baseline is shifted inside,
//! so that other fonts than the estimate had in mind move letters by little.

use std::fmt::Write as _;
use std::iter;

use super::Formula;
use super::geometry::short;
use super::read::read;
use super::row::{Face, LINE, Run, Size, push, run};
use crate::figure::text::escape;

/// A formula ready to be drawn.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Line {
    runs: Vec<Run>,
}

/// The formula set in one line.
pub(super) fn line(formula: &Formula) -> Line {
    let words = || match formula.plain.trim() {
        "" => formula.tex.trim(),
        plain => plain,
    };
    let runs = read(&formula.tex).unwrap_or_else(|| vec![run(words(), Face::Upright, LINE)]);
    Line { runs }
}

impl Line {
    /// Whether there is nothing to be drawn.
    pub(super) fn is_empty(&self) -> bool {
        self.runs.iter().all(|run| run.text.is_empty())
    }

    /// `self = other`.
    pub(super) fn equals(self, other: &Line) -> Line {
        let sign = run("\u{a0}=\u{a0}", Face::Upright, LINE);
        let mut runs = self.runs;
        iter::once(&sign).chain(&other.runs).for_each(|piece| push(&mut runs, piece));
        Line { runs }
    }

    /// About its width in letters of this size, rather too much than too little.
    pub(super) fn width(&self, size: f64) -> f64 {
        let share = |run: &Run| run.text.chars().map(share).sum::<f64>() * run.size.share();
        size * self.runs.iter().map(share).sum::<f64>()
    }

    /// The text element, centred at `x` on the baseline `y`.
    pub(super) fn write(&self, out: &mut String, class: &str, (x, y): (f64, f64), size: f64) {
        if self.is_empty() {
            return;
        }
        // Writing to a String cannot fail.
        let _ = write!(out, "<text class=\"{class}\" x=\"{}\" y=\"{}\">", short(x), short(y));
        let mut rise = 0;
        for run in &self.runs {
            let words = escape(&run.text);
            let classes = run.classes();
            let drop = f64::from(rise - run.rise) * size / 100.0;
            rise = run.rise;
            let _ = match (classes.is_empty(), short(drop).as_str()) {
                (true, "0") => write!(out, "{words}"),
                (false, "0") => write!(out, "<tspan class=\"{classes}\">{words}</tspan>"),
                (true, drop) => write!(out, "<tspan dy=\"{drop}\">{words}</tspan>"),
                (false, drop) => {
                    write!(out, "<tspan class=\"{classes}\" dy=\"{drop}\">{words}</tspan>")
                }
            };
        }
        out.push_str("</text>\n");
    }
}

impl Run {
    fn classes(&self) -> String {
        let face = match self.face {
            Face::Upright => "",
            Face::Italic => "i",
            Face::Bold => "b",
        };
        let size = match self.size {
            Size::Full => "",
            Size::Script => "s",
            Size::Small => "t",
        };
        [face, size].join(" ").trim().to_owned()
    }
}

/// The width of a character as a share of the size, after the widest of the usual serif fonts.
fn share(character: char) -> f64 {
    match character {
        '\u{300}'..='\u{36f}' => 0.0,
        '\u{a0}' | ' ' | '.' | ',' | ';' | ':' | '\'' | '′' | '|' | '·' | '!' => 0.33,
        'i' | 'j' | 'l' | '(' | ')' | '[' | ']' | '/' => 0.38,
        'f' | 't' | 'r' | 's' | 'I' => 0.5,
        'm' | 'W' | 'M' | '@' | '%' | '…' | '⋯' => 1.02,
        'w' | 'A'..='Z' | 'Α'..='Ω' | 'ℝ' | '√' => 0.85,
        '+' | '−' | '=' | '<' | '>' | '×' | '÷' | '±' | '∀'..='⋮' => 0.84,
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'.. => 1.1,
        _ => 0.65,
    }
}
