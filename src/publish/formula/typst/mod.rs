//! The tree of a formula -> Typst's mathematics, for papers.
//!
//! The tree is the one that pages write as MathML, so that both come from the same parse and agree
//! on what is a sign, a function or an accent. An element without a counterpart is an error; none
//! is left out. Every character that shows is written as `\u{…}` or in a string, so nothing in a
//! formula can be taken for Typst's own signs.
//!
//! | LaTeX | Typst | why |
//! |---|---|---|
//! | `=` | `class("relation",\u{3d})` | the space around it is decided in `row`, as TeX does |
//! | `f'` | `attach(\u{66},t:\u{2032})` | the font draws primes to be raised |
//! | `\left( x \right)` | `lr(…)` | delimiters grow; all others keep their size |
//! | `aligned`, matrices, `cases` | `mat(delim:#none,…)` | `&` aligns the columns |

mod table;

use super::alphabet::composed;
use super::node::{APPLIED, Class, Node};
use crate::publish::print::literal::string;

/// Accents by the sign in the tree, and what Typst calls them.
const ACCENTS: [(&str, &str); 11] = [
    ("ˆ", "hat"),
    ("^", "hat"),
    ("˜", "tilde"),
    ("~", "tilde"),
    ("¯", "macron"),
    ("→", "arrow"),
    ("˙", "dot"),
    ("¨", "dot.double"),
    ("ˇ", "caron"),
    ("˘", "breve"),
    ("˚", "circle"),
];
/// The same for accents that no wide form has.
const SMALL_ACCENTS: [(&str, &str); 2] = [("´", "acute"), ("`", "grave")];
/// Signs above or below a whole expression.
const LINES: [(&str, &str); 6] = [
    ("⏞", "overbrace"),
    ("⏟", "underbrace"),
    ("⎴", "overbracket"),
    ("⎵", "underbracket"),
    ("‾", "overline"),
    ("_", "underline"),
];

/// Arrows over a whole expression.
const ARROWS: [(&str, &str); 3] = [("→", "arrow"), ("←", "arrow.l"), ("↔", "arrow.l.r")];
/// Arrows that are as long as what stands above or below them.
const GROWING: &str = "→←↔⇒⇐⇔↦↪↩⇀↽⇌⟶⟵";
/// What stands where nothing does; it must not take the sign behind it for its own.
const NOTHING: &str = "#none;";

/// A row of nodes.
pub(super) fn row(nodes: &[Node]) -> Result<String, String> {
    let mut out = String::new();
    write_row(nodes, &mut out)?;
    Ok(out)
}

/// The rows of a display formula, `&` before each cell but the first.
pub(super) fn lines(rows: &[Vec<&[Node]>]) -> Result<String, String> {
    let mut out = String::new();
    for (index, cells) in rows.iter().enumerate() {
        if index > 0 {
            out.push_str(" \\ ");
        }
        for (column, cell) in cells.iter().enumerate() {
            if column > 0 {
                out.push('&');
            }
            write_row(cell, &mut out)?;
        }
    }
    Ok(out)
}

fn write_row(nodes: &[Node], out: &mut String) -> Result<(), String> {
    nodes.iter().try_for_each(|node| write(node, out))
}

fn write(node: &Node, out: &mut String) -> Result<(), String> {
    let children = node.children();
    match (node.tag, children) {
        ("mi" | "mo" | "mn" | "mtext", _) => {
            leaf(node, out);
            Ok(())
        }
        ("mspace", _) => space(node, out),
        ("mrow", _) => mrow(node, children, out),
        ("mstyle", _) => style(node, children, out),
        ("mfrac", [top, bottom]) => fraction(node, top, bottom, out),
        ("msqrt", _) => call("sqrt", &[children], out),
        ("mroot", [radicand, index]) => call("root", &[of(index), of(radicand)], out),
        ("msub", [base, sub]) => scripts(base, &[("b", sub)], out),
        ("msup", [base, sup]) => scripts(base, &[("t", sup)], out),
        ("msubsup", [base, sub, sup]) => scripts(base, &[("b", sub), ("t", sup)], out),
        ("mover", [base, mark]) => above(node, base, mark, out),
        ("munder", [base, mark]) => below(base, mark, out),
        ("munderover", [base, under, over]) => limits(base, &[("b", under), ("t", over)], out),
        ("mtable", rows) => table::write(node, rows, out),
        (tag, _) => Err(format!("it has an element, `{tag}`, that papers can't show")),
    }
}

/// A node as a row of its own.
fn of(node: &Node) -> &[Node] {
    std::slice::from_ref(node)
}

fn call(name: &str, arguments: &[&[Node]], out: &mut String) -> Result<(), String> {
    out.push_str(name);
    out.push('(');
    for (index, argument) in arguments.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        group(argument, out)?;
    }
    out.push(')');
    Ok(())
}

/// An argument, which must not be empty.
fn group(nodes: &[Node], out: &mut String) -> Result<(), String> {
    let before = out.len();
    write_row(nodes, out)?;
    if out.len() == before {
        out.push_str(NOTHING);
    }
    Ok(())
}

fn leaf(node: &Node, out: &mut String) {
    let text = node.text();
    if text == APPLIED || text.is_empty() {
        return;
    }
    let Some(struck) = text.strip_suffix('\u{338}') else { return symbol(node, text, out) };
    match composed(struck) {
        Some(sign) => symbol(node, &sign.to_string(), out),
        None => {
            out.push_str("cancel(");
            symbol(node, struck, out);
            out.push(')');
        }
    }
}

fn symbol(node: &Node, text: &str, out: &mut String) {
    let letter = text.chars().count() == 1;
    let upright = node.attribute("mathvariant") == Some("normal");
    let shown = match node.tag {
        // Words and numbers are upright as they are.
        "mtext" | "mn" => string(text),
        "mi" if !letter => string(text),
        "mi" if upright => format!("upright({})", escaped(text)),
        _ => text.chars().map(|c| escaped(&c.to_string())).collect(),
    };
    let shown = match (node.attribute("stretchy"), node.attribute("minsize")) {
        (Some("true"), Some(size)) => format!("lr(size:#{size},{shown})"),
        (Some("true"), None) if node.attribute("form") == Some("infix") => format!("mid({shown})"),
        (Some("true"), None) if stretches(node) => format!("stretch({shown})"),
        _ => shown,
    };
    let shown = match (node.tag, node.class, node.attribute("largeop")) {
        ("mo", Class::Large, Some("false")) => format!("inline({shown})"),
        _ => shown,
    };
    let class = match node.class {
        // The space around functions stands in the tree.
        Class::Ordinary | Class::Function | Class::Space => "normal",
        Class::Large => "large",
        // As in TeX and in a page, no space stands around a slash.
        Class::Binary if text == "/" => "normal",
        Class::Binary => "binary",
        Class::Relation => "relation",
        Class::Open => "opening",
        Class::Close => "closing",
        Class::Punctuation => "punctuation",
    };
    // Letters and numbers are what they are; that of delimiters is found by `lr`, and arrows must
    // see their labels.
    let sign = node.tag == "mi" && letter && !text.chars().all(char::is_alphabetic);
    if (node.tag != "mo" && !sign) || grows(node) || stretches(node) {
        out.push_str(&shown);
    } else {
        out.push_str(&format!("class(\"{class}\",{shown})"));
    }
}

/// Whether a delimiter grows with what it encloses.
fn grows(node: &Node) -> bool {
    node.tag == "mo"
        && node.attribute("stretchy") == Some("true")
        && node.attribute("minsize").is_none()
        && matches!(node.attribute("form"), Some("prefix" | "postfix" | "infix"))
}

/// Whether a delimiter that grows stands at an end of what it encloses.
fn opens(node: &Node) -> bool {
    grows(node) && node.attribute("form") != Some("infix")
}

fn escaped(text: &str) -> String {
    text.chars().map(|c| format!("\\u{{{:x}}}", u32::from(c))).collect()
}

fn space(node: &Node, out: &mut String) -> Result<(), String> {
    let width = node.attribute("width").unwrap_or("0em");
    out.push_str(&format!("#h({});", length(width)?));
    Ok(())
}

/// A length of the tree in Typst's units.
fn length(text: &str) -> Result<String, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let value: f32 = digits.parse().map_err(|_| format!("`{text}` is no length"))?;
    Ok(match &text[digits.len()..] {
        unit @ ("em" | "pt" | "mm" | "cm" | "in") => {
            format!("{}{unit}", (value * 10_000.0).round() / 10_000.0)
        }
        // The usual sizes: an x is less than half an em high, a pixel a 96th of an inch.
        "ex" => format!("{}em", value * 0.43),
        "px" => format!("{}pt", value * 0.75),
        unit => return Err(format!("it has a length in `{unit}`, which papers don't know")),
    })
}

fn mrow(node: &Node, children: &[Node], out: &mut String) -> Result<(), String> {
    match (node.attribute("class"), children) {
        (Some("struck"), _) => call("cancel", &[children], out),
        (Some("overline"), _) => call("overline", &[children], out),
        (None, [base, prime]) if is_prime(prime) => {
            out.push_str("attach(");
            group(of(base), out)?;
            out.push_str(&format!(",t:{})", escaped(prime.text())));
            Ok(())
        }
        (None, [first, ..]) if opens(first) => call("lr", &[children], out),
        (None, [.., last]) if opens(last) => call("lr", &[children], out),
        _ => write_row(children, out),
    }
}

fn is_prime(node: &Node) -> bool {
    node.tag == "mo" && matches!(node.text(), "′" | "″" | "‴")
}

fn style(node: &Node, children: &[Node], out: &mut String) -> Result<(), String> {
    if let Some(color) = node.attribute("mathcolor") {
        out.push_str(&format!("#text(fill:rgb({}),$", string(color)));
        write_row(children, out)?;
        out.push_str("$);");
        return Ok(());
    }
    if let Some(color) = node.attribute("mathbackground") {
        out.push_str(&format!("#box(fill:rgb({}),outset:2pt,$", string(color)));
        write_row(children, out)?;
        out.push_str("$);");
        return Ok(());
    }
    let name = match (node.attribute("displaystyle"), node.attribute("scriptlevel")) {
        (Some("true"), _) => "display",
        (_, Some("1")) => "script",
        (_, Some("2")) => "sscript",
        _ => "inline",
    };
    call(name, &[children], out)
}

fn fraction(node: &Node, top: &Node, bottom: &Node, out: &mut String) -> Result<(), String> {
    let thickness = node.attribute("linethickness").map(length).transpose()?;
    match thickness {
        None => call("frac", &[of(top), of(bottom)], out),
        // A binomial: one above the other, without a line.
        Some(width) if width.starts_with("0") && !width.contains('.') => {
            out.push_str("mat(delim:#none,row-gap:#0.3em,");
            group(of(top), out)?;
            out.push(';');
            group(of(bottom), out)?;
            out.push(')');
            Ok(())
        }
        Some(_) => {
            Err("its fraction has a line of a thickness of its own, which papers can't show"
                .to_owned())
        }
    }
}

/// Scripts beside their base, also where it would take them above and below.
fn scripts(base: &Node, scripts: &[(&str, &Node)], out: &mut String) -> Result<(), String> {
    // What already has something above or below must not take these for more of it.
    let stacked = matches!(base.tag, "mover" | "munder" | "munderover");
    let movable = stacked || !matches!(base.class, Class::Ordinary | Class::Open | Class::Close);
    attach(base, movable.then_some("scripts"), scripts, out)
}

fn limits(base: &Node, scripts: &[(&str, &Node)], out: &mut String) -> Result<(), String> {
    // An arrow grows with its label, which it knows only where nothing stands between them.
    let arrow = base.tag == "mo" && GROWING.contains(base.text());
    attach(base, Some(if arrow { "stretch" } else { "limits" }), scripts, out)
}

/// Whether an operator that is no delimiter grows.
fn stretches(node: &Node) -> bool {
    node.attribute("stretchy") == Some("true")
        && node.attribute("minsize").is_none()
        && node.attribute("form").is_none()
}

fn attach(
    base: &Node,
    place: Option<&str>,
    scripts: &[(&str, &Node)],
    out: &mut String,
) -> Result<(), String> {
    out.push_str("attach(");
    let has_scripts = matches!(base.tag, "msub" | "msup" | "msubsup");
    match place {
        Some("stretch") => out.push_str(&format!("stretch({})", escaped(base.text()))),
        Some(name) => call(name, &[of(base)], out)?,
        // The scripts of `{a^b}^c` must not become those of its base, or of one another.
        None if has_scripts => {
            out.push_str("class(\"normal\",");
            group(of(base), out)?;
            out.push(')');
        }
        None => group(of(base), out)?,
    }
    for (name, script) in scripts {
        out.push_str(&format!(",{name}:"));
        group(of(script), out)?;
    }
    out.push(')');
    Ok(())
}

fn above(node: &Node, base: &Node, mark: &Node, out: &mut String) -> Result<(), String> {
    let sign = mark.text();
    if node.attribute("accent") == Some("true") {
        let known = ACCENTS.iter().chain(&SMALL_ACCENTS).find(|(known, _)| *known == sign);
        let (_, name) = known.ok_or_else(|| format!("papers don't know the accent `{sign}`"))?;
        return call(name, &[of(base)], out);
    }
    let arrow = ARROWS.iter().find(|(sign, _)| mark.tag == "mo" && *sign == mark.text());
    match (line(mark), arrow) {
        (Some(name), _) => call(name, &[of(base)], out),
        (None, Some((_, name))) if stretches(mark) => call(name, &[of(base)], out),
        _ => limits(base, &[("t", mark)], out),
    }
}

fn below(base: &Node, mark: &Node, out: &mut String) -> Result<(), String> {
    match line(mark) {
        Some(name) => call(name, &[of(base)], out),
        None => limits(base, &[("b", mark)], out),
    }
}

fn line(mark: &Node) -> Option<&'static str> {
    let found = LINES.iter().find(|(sign, _)| mark.tag == "mo" && *sign == mark.text());
    found.map(|(_, name)| *name)
}

impl Node {
    /// The value of an attribute.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        let mut rest = self.attributes.as_str();
        while let Some((key, after)) = rest.split_once("=\"") {
            let (value, next) = after.split_once('"')?;
            if key.trim_start() == name {
                return Some(value);
            }
            rest = next;
        }
        None
    }
}
