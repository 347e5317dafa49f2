//! What formulas have in common that differ in their numbers alone, as on the papers of an exam.
//!
//! Such formulas have one form: they are parsed once, with a mark in the place of each number, and
//! what comes of it is filled with the numbers of each. A mark is a number too, which the parser
//! takes as it would take any other in its place, whole, since where it ends does not hang on its
//! digits. Where a number is more than something to print, its mark does not come out as text, or
//! not whole: a length, the columns of a table, the 2 of `\frac12`. Then the formula has no form, and
//! is parsed as it stands.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use crate::limits::Limit;
use crate::memo::Memo;

use super::blank::Blank;
use super::node::{Class, Content, Node};
use super::{Display, Formula, Piece, mode, parse};

/// Stands for a number in a formula's form; pulldown-cmark leaves none in a text.
const GAP: char = '\0';
/// The mark of the first number. All have as many digits.
const FIRST_MARK: usize = 1000;
const MARK_LENGTH: usize = 4;
const MOST_NUMBERS: usize = 9000;

/// Forms that are remembered: those of many papers of one kind.
const REMEMBERED: usize = 4096;

type Known = Memo<String, Result<Arc<Form>, String>>;

thread_local! {
    static INLINE: RefCell<Known> = RefCell::new(Memo::new(REMEMBERED));
    static BLOCK: RefCell<Known> = RefCell::new(Memo::new(REMEMBERED));
}

/// A formula but for its numbers.
#[derive(Debug)]
pub(super) struct Form {
    parts: Vec<Part>,
}

/// An element of a formula's outermost row.
#[derive(Debug)]
struct Part {
    /// For its class, and for its width.
    node: Node,
    mathml: Blank,
}

/// A formula's form, and the numbers that belong into it; or what is wrong with the formula.
pub(super) fn form(tex: &str, display: Display) -> Result<(Arc<Form>, Vec<&str>), String> {
    let (open, numbers) = opened(tex);
    if !numbers.is_empty()
        && let Ok(form) = known(&open, numbers.len(), display)
    {
        return Ok((form, numbers));
    }
    Ok((known(tex, 0, display)?, Vec::new()))
}

fn known(open: &str, numbers: usize, display: Display) -> Result<Arc<Form>, String> {
    let known = match display {
        Display::Inline => &INLINE,
        Display::Block => &BLOCK,
    };
    known.with_borrow_mut(|known| {
        known.result(open, || Form::read(open, numbers, display).map(Arc::new))
    })
}

/// The formula with gaps for its numbers, and the numbers.
fn opened(tex: &str) -> (String, Vec<&str>) {
    let mut open = String::with_capacity(tex.len());
    let mut numbers = Vec::new();
    if tex.len() > Limit::FormulaLength.count() || tex.contains(GAP) {
        return (open, numbers);
    }
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = tex.as_bytes()[at..].iter().position(u8::is_ascii_digit) {
        let start = at + found;
        let number = number_at(&tex[start..]);
        at = start + number.len();
        // Of `x_12`, the 1 alone is the subscript.
        if tex[..start].ends_with(['^', '_']) || numbers.len() == MOST_NUMBERS {
            continue;
        }
        open.push_str(&tex[copied..start]);
        open.push(GAP);
        numbers.push(number);
        copied = at;
    }
    open.push_str(&tex[copied..]);
    (open, numbers)
}

/// The number at the start of a text, as the parser reads it, but for marks of punctuation behind.
fn number_at(tex: &str) -> &str {
    let inside = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',');
    let length = tex.bytes().take_while(inside).count();
    tex[..length].trim_end_matches(['.', ','])
}

/// The formula with marks in its gaps.
fn marked(open: &str, numbers: usize) -> Cow<'_, str> {
    if numbers == 0 {
        return Cow::Borrowed(open);
    }
    let mut marks = FIRST_MARK..;
    let pieces = open.split_inclusive(GAP).map(|piece| match piece.strip_suffix(GAP) {
        Some(piece) => Cow::Owned(format!("{piece}{}", marks.next().unwrap_or_default())),
        None => Cow::Borrowed(piece),
    });
    Cow::Owned(pieces.collect())
}

impl Form {
    /// The form of a formula with so many gaps, or what is wrong with it.
    pub(super) fn read(open: &str, numbers: usize, display: Display) -> Result<Self, String> {
        let mut nodes = parse(&marked(open, numbers), mode(display).0, 0)?;
        let mut seen = vec![0; numbers];
        for node in &mut nodes {
            leave_out(node, &mut seen);
        }
        if seen.iter().any(|times| *times != 1) {
            return Err("its numbers are more than something to print".to_owned());
        }
        let part = |mut node: Node| {
            let mut mathml = Blank::default();
            node.write(&mut mathml);
            shed(&mut node);
            Part { node, mathml }
        };
        Ok(Self { parts: nodes.into_iter().map(part).collect() })
    }

    /// The whole of a formula without gaps.
    pub(super) fn mathml(&self, display: Display) -> String {
        mathml(&self.parts, &[], display)
    }

    /// The formula with these numbers, its pieces, where it can be broken, at most `longest` em wide.
    pub(super) fn formula(&self, numbers: &[&str], display: Display, longest: f32) -> Formula {
        let mut pieces = vec![&self.parts[..]];
        if display == Display::Inline && width(&self.parts, numbers) > longest {
            // As TeX does, a line breaks behind a relation rather than a binary operator.
            for class in [Class::Punctuation, Class::Relation, Class::Binary] {
                let split = |parts| split(parts, numbers, class, longest);
                pieces = pieces.into_iter().flat_map(split).collect();
            }
        }
        let piece = |parts: &[Part]| Piece {
            mathml: mathml(parts, numbers, display),
            width: width(parts, numbers),
        };
        Formula { pieces: pieces.into_iter().map(piece).collect() }
    }
}

fn mathml(parts: &[Part], numbers: &[&str], display: Display) -> String {
    const TAGS: usize = "<math display=\"block\"></math>".len();
    let length = parts.iter().map(|part| part.mathml.len()).sum::<usize>();
    let digits = numbers.iter().map(|number| number.len()).sum::<usize>();
    let mut mathml = String::with_capacity(TAGS + length + digits);
    for text in ["<math", mode(display).1, ">"] {
        mathml.push_str(text);
    }
    for part in parts {
        part.mathml.fill(numbers, &mut mathml);
    }
    mathml.push_str("</math>");
    mathml
}

fn width(parts: &[Part], numbers: &[&str]) -> f32 {
    parts.iter().map(|part| part.node.width(numbers)).sum()
}

/// The parts cut behind each one of the class outside of parentheses, if they are too wide.
fn split<'p>(parts: &'p [Part], numbers: &[&str], class: Class, longest: f32) -> Vec<&'p [Part]> {
    if width(parts, numbers) <= longest {
        return vec![parts];
    }
    let mut depth = 0;
    let cuts = parts.split_inclusive(|Part { node, .. }| {
        match node.class {
            Class::Open => depth += 1,
            Class::Close => depth -= 1,
            _ => {}
        }
        depth == 0 && node.class == class && node.tag == "mo"
    });
    cuts.collect()
}

/// Makes gaps of the marks in an element, and counts each; whether there are any.
fn leave_out(node: &mut Node, seen: &mut [usize]) -> bool {
    let is_overlined = node.attribute("class") == Some("overline");
    let is_open = match &mut node.content {
        Content::Text(text) => match blank(text, seen) {
            Some(blank) => {
                node.content = Content::Blank(blank);
                true
            }
            None => false,
        },
        // How a line over a number is drawn hangs on how many digits it has.
        Content::Children(_) if is_overlined => false,
        Content::Children(children) => {
            children.iter_mut().fold(false, |is_open, child| leave_out(child, seen) | is_open)
        }
        Content::Blank(_) => true,
    };
    if !is_open {
        node.known_width = Some(node.width(&[]));
    }
    is_open
}

/// Drops what is in elements whose width is known.
fn shed(node: &mut Node) {
    if node.known_width.is_some() {
        node.attributes = String::new();
        node.content = Content::Children(Vec::new());
    } else if let Content::Children(children) = &mut node.content {
        children.iter_mut().for_each(shed);
    }
}

/// A text with gaps for the marks in it, if there are any.
fn blank(text: &str, seen: &mut [usize]) -> Option<Blank> {
    let mut blank = Blank::default();
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = text[at..].find(|c: char| c.is_ascii_digit()) {
        let start = at + found;
        at += text[start..]
            .find(|c: char| !c.is_ascii_digit())
            .map_or(text.len() - at, |length| found + length);
        let Some(number) = marked_number(&text[start..at], seen.len()) else { continue };
        blank.push_str(&text[copied..start]);
        blank.push_gap(number);
        seen[number] += 1;
        copied = at;
    }
    blank.push_str(&text[copied..]);
    (copied > 0).then_some(blank)
}

/// The number that a mark stands for.
fn marked_number(digits: &str, numbers: usize) -> Option<usize> {
    let mark = (digits.len() == MARK_LENGTH).then(|| digits.parse::<usize>().ok())??;
    mark.checked_sub(FIRST_MARK).filter(|number| *number < numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers of every kind for the signs `#` of a formula, in turn.
    const NUMBERS: [&[&str]; 5] = [
        &["1"],
        &["12", "0.5", "7"],
        &["1000", "1001", "9999"],
        &["0.000123", "1,000.5", "31415926535"],
        &["3.", "1..2", "5,", "1,,"],
    ];

    fn with_numbers(template: &str, numbers: &[&str]) -> String {
        let mut numbers = numbers.iter().cycle();
        let piece = |piece: &str| match piece.strip_suffix('#') {
            Some(piece) => format!("{piece}{}", numbers.next().unwrap()),
            None => piece.to_owned(),
        };
        template.split_inclusive('#').map(piece).collect()
    }

    fn pieces(formula: Formula) -> Vec<(String, u32)> {
        formula.pieces.into_iter().map(|piece| (piece.mathml, piece.width.to_bits())).collect()
    }

    /// Converts a formula by its form and as it stands; whether it has a form.
    fn has_form(tex: &str, display: Display) -> bool {
        const LONGEST: f32 = 4.0;
        let (form, numbers) = form(tex, display).unwrap();
        let whole = Form::read(tex, 0, display).unwrap().formula(&[], display, LONGEST);
        assert_eq!(pieces(form.formula(&numbers, display, LONGEST)), pieces(whole), "{tex}");
        !numbers.is_empty()
    }

    #[test]
    fn a_form_with_numbers_is_the_formula() {
        let table = [
            "x = #",
            "-#",
            "\\alpha \\cdot (-#) + x_1 \\cdot #^2 - x_{#}^{#} = #",
            "\\frac{#}{\\sqrt{#} + 10^{-#}} \\approx # \\quad \\text{[#]}",
            "\\sqrt[#]{#}",
            "#{,}# + #{,}#^#",
            "f'(#)' + a_{#}'",
            "(x, y) = (#, #)",
            "\\text{if $z > #$, then # < & #}",
            "\\hat{#} + \\max_{#} # \\log #",
            "\\operatorname{x#}(#)",
            "|#| \\| #",
            "\\left(\\frac{#}{#}\\right)",
            "\\begin{aligned} x &= # \\\\ y &= \\frac{#}{#} \\end{aligned}",
            "\\begin{cases} # & x > # \\\\ x & \\text{else} \\end{cases}",
            "\\begin{pmatrix} # & # \\\\ # & x \\end{pmatrix}",
        ];
        for template in table {
            for numbers in NUMBERS {
                for display in [Display::Inline, Display::Block] {
                    let tex = with_numbers(template, numbers);
                    assert!(has_form(&tex, display), "{tex}");
                }
            }
        }
    }

    #[test]
    fn what_hangs_on_a_number_has_no_form() {
        let table = [
            "\\frac12",
            "\\sqrt 12 + x",
            "\\hspace{2em} x",
            "\\mathbf{12}",
            "\\overline{1}",
            "\\overline{12}",
            "\\begin{alignedat}{2} x &= 1 & y &= 2 \\end{alignedat}",
            "\\begin{aligned} x &= 1 \\\\[3pt] y &= 2 \\end{aligned}",
            "x_12 + y^3",
        ];
        for tex in table {
            assert!(!has_form(tex, Display::Block), "{tex}");
        }
    }

    #[test]
    fn a_form_is_not_taken_for_the_formula_of_its_marks() {
        for tex in ["\\frac12 + 1000", "\\hspace{1000em} + 1001", "x = 1000"] {
            has_form(tex, Display::Inline);
        }
    }
}
