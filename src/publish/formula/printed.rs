//! A formula for a paper: in Typst's mathematics, in lines that fit, and in words.
//!
//! A browser scrolls what is too wide; paper can't. A display formula that is wider than its column
//! is broken before its relations, `= a = b` below each other, and a line that is still too wide
//! before its sums.

use super::node::{Class, Node};
use super::spoken::{Vocabulary, spoken};
use super::{Display, mode, parse, typst};

/// The estimate of a width is rather too large, for telephones; paper is tighter.
const TIGHT: f32 = 0.86;

/// How many times as wide as its column a line may be: as letters half as large still fit.
const LARGEST: f32 = 2.2;

/// A formula ready for a paper.
#[derive(Debug, Clone)]
pub(in crate::publish) struct Printed {
    /// The inside of `$…$` in Typst.
    pub(in crate::publish) markup: String,
    /// In words.
    pub(in crate::publish) spoken: String,
    /// How many lines it takes.
    pub(in crate::publish) lines: usize,
    /// About as wide as this, in em.
    pub(in crate::publish) width: f32,
}

/// A formula for a column `room` em wide.
pub(in crate::publish) fn print(
    tex: &str,
    display: Display,
    room: f32,
    vocabulary: &Vocabulary,
) -> Result<Printed, String> {
    let (style, _) = mode(display);
    let nodes = parse(tex, style, 0)?;
    let spoken = spoken(&nodes, vocabulary);
    if display == Display::Inline {
        return Ok(Printed {
            markup: typst::row(&nodes)?,
            spoken,
            lines: 1,
            width: estimate(&nodes),
        });
    }
    let rows = match &nodes[..] {
        [table] => table.as_pairs(),
        _ => None,
    };
    let lines = match rows {
        Some(rows) => broken(&rows, room),
        None if estimate(&nodes) <= room => vec![vec![&nodes[..]]],
        None => {
            let (left, right) = nodes.split_at(first_relation(&nodes));
            // What has no relation, or hardly anything behind it, begins at the margin.
            let row = match right.is_empty() || estimate(left) > 0.6 * room {
                true => vec![&[][..], &nodes[..]],
                false => vec![left, right],
            };
            broken(&[row], room)
        }
    };
    if widest(&lines) > LARGEST * room {
        return Err("it is wider than paper, even in small letters; break it into lines, as with \
                    `aligned`"
            .to_owned());
    }
    let markup = typst::lines(&lines)?;
    Ok(Printed { markup, spoken, lines: lines.len(), width: widest(&lines) })
}

fn estimate(nodes: &[Node]) -> f32 {
    nodes.iter().map(|node| node.width(&[])).sum::<f32>() * TIGHT
}

/// How wide aligned lines are together.
fn widest(lines: &[Vec<&[Node]>]) -> f32 {
    let column = |index: usize| {
        let cells = lines.iter().filter_map(|line| line.get(index));
        cells.map(|cell| estimate(cell)).fold(0.0, f32::max)
    };
    let columns = lines.iter().map(Vec::len).max().unwrap_or(0);
    (0..columns).map(column).sum()
}

/// Rows whose right sides are cut where they are too wide.
fn broken<'n>(rows: &[Vec<&'n [Node]>], room: f32) -> Vec<Vec<&'n [Node]>> {
    let left = rows.iter().filter_map(|row| row.first());
    let left = left.map(|cell| estimate(cell)).fold(0.0, f32::max);
    let mut lines = Vec::new();
    for row in rows {
        let [label, rest] = row[..] else {
            lines.push(row.clone());
            continue;
        };
        for (index, piece) in fitted(rest, room - left).into_iter().enumerate() {
            lines.push(vec![if index == 0 { label } else { &[] }, piece]);
        }
    }
    lines
}

/// A right side in as few pieces as fit.
fn fitted(nodes: &[Node], room: f32) -> Vec<&[Node]> {
    if estimate(nodes) <= room {
        return vec![nodes];
    }
    let relations = packed(nodes, &cuts(nodes, Class::Relation), room);
    let sums = |piece| packed(piece, &cuts(piece, Class::Binary), room);
    relations.into_iter().flat_map(sums).collect()
}

/// Where nodes may be cut: before those of the class outside of parentheses, but the first node.
fn cuts(nodes: &[Node], class: Class) -> Vec<usize> {
    let mut depth = 0_i32;
    let mut bars = false;
    let mut cuts = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        match node.class {
            Class::Open => depth += 1,
            Class::Close => depth -= 1,
            // The first bar opens, the next one closes.
            _ => bars ^= matches!(base(node).text(), "|" | "‖"),
        }
        // A product is not torn apart.
        let sum = class != Class::Binary || matches!(node.text(), "+" | "−" | "-" | "±");
        if index > 0 && depth == 0 && !bars && node.class == class && node.tag == "mo" && sum {
            cuts.push(index);
        }
    }
    cuts
}

/// What scripts belong to.
fn base(node: &Node) -> &Node {
    match (node.tag, node.children()) {
        ("msub" | "msup" | "msubsup", [base, ..]) => base,
        _ => node,
    }
}

/// As many of the pieces between the cuts on a line as fit.
fn packed<'n>(nodes: &'n [Node], cuts: &[usize], room: f32) -> Vec<&'n [Node]> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut last = 0;
    for &cut in cuts.iter().chain([&nodes.len()]) {
        if last > start && estimate(&nodes[start..cut]) > room {
            pieces.push(&nodes[start..last]);
            start = last;
        }
        last = cut;
    }
    pieces.push(&nodes[start..]);
    pieces
}

/// Where the first relation outside of parentheses stands, or the end.
fn first_relation(nodes: &[Node]) -> usize {
    cuts(nodes, Class::Relation).first().copied().unwrap_or(nodes.len())
}
