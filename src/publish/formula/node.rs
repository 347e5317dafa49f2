//! MathML elements: a small tree, written as text, and a guess at its width.

use super::blank::Blank;

/// The invisible sign of function application, which a screen reader speaks as "of".
pub(super) const APPLIED: &str = "\u{2061}";

/// How TeX classes an atom (The TeXbook, chapter 17); it decides the space around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Ordinary,
    Function,
    Large,
    Binary,
    Relation,
    Open,
    Close,
    Punctuation,
    Space,
}

/// One MathML element.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) tag: &'static str,
    /// Attributes as they will be written, each with a space before it. Never holds user text.
    pub(super) attributes: String,
    pub(super) content: Content,
    pub(super) class: Class,
    /// It stood alone in braces, which take away the space around an operator: `1{,}5`.
    pub(super) braced: bool,
    /// How wide it is, once that is known.
    pub(super) known_width: Option<f32>,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    Text(String),
    /// A text without its numbers, once it is one of many formulas' common form.
    Blank(Blank),
    Children(Vec<Node>),
}

impl Node {
    pub(super) fn leaf(tag: &'static str, text: impl Into<String>, class: Class) -> Self {
        let content = Content::Text(text.into());
        Self { tag, attributes: String::new(), content, class, braced: false, known_width: None }
    }

    pub(super) fn parent(tag: &'static str, children: Vec<Self>) -> Self {
        let content = Content::Children(children);
        let class = Class::Ordinary;
        Self { tag, attributes: String::new(), content, class, braced: false, known_width: None }
    }

    /// A horizontal space, in em.
    pub(super) fn space(width: &str) -> Self {
        let mut node = Self::parent("mspace", Vec::new()).with("width", width);
        node.class = Class::Space;
        node
    }

    /// Several nodes as one: a single one as it is.
    pub(super) fn row(mut children: Vec<Self>) -> Self {
        match (children.pop(), children.is_empty()) {
            (Some(only), true) => only,
            (last, _) => {
                children.extend(last);
                Self::parent("mrow", children)
            }
        }
    }

    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        // Written once, whoever sets it again.
        if !self.attributes.is_empty() {
            let begin = format!(" {name}=\"");
            if let Some(known) = self.attributes.find(&begin) {
                let from = known + begin.len();
                let length = self.attributes[from..].find('"').unwrap_or(0);
                self.attributes.replace_range(from..from + length, value);
                return;
            }
        }
        for part in [" ", name, "=\"", value, "\""] {
            self.attributes.push_str(part);
        }
    }

    pub(super) fn text(&self) -> &str {
        match &self.content {
            Content::Text(text) => text,
            Content::Blank(_) | Content::Children(_) => "",
        }
    }

    pub(super) fn children(&self) -> &[Self] {
        match &self.content {
            Content::Text(_) | Content::Blank(_) => &[],
            Content::Children(children) => children,
        }
    }

    pub(super) fn write(&self, out: &mut Blank) {
        for part in ["<", self.tag, &self.attributes, ">"] {
            out.push_str(part);
        }
        match &self.content {
            Content::Text(text) => escape(text, out),
            Content::Blank(blank) => {
                for (text, gap) in blank.pieces() {
                    escape(text, out);
                    if let Some(number) = gap {
                        out.push_gap(number);
                    }
                }
            }
            Content::Children(children) => children.iter().for_each(|child| child.write(out)),
        }
        for part in ["</", self.tag, ">"] {
            out.push_str(part);
        }
    }

    /// About how wide the element will be, in em, rather too much than too little: fonts differ,
    /// and whoever asks wants to know whether the formula surely fits. The numbers are what was left
    /// out of it.
    pub(super) fn width(&self, numbers: &[&str]) -> f32 {
        if let Some(width) = self.known_width {
            return width;
        }
        let children = self.children();
        let child = |index: usize| children.get(index).map_or(0.0, |child| child.width(numbers));
        let together = || children.iter().map(|child| child.width(numbers)).sum::<f32>();
        match self.tag {
            "mi" | "mn" | "mtext" => self.text_width(numbers),
            "mo" => self.text_width(numbers) + self.margins(),
            "mspace" => self.space_width(),
            "mfrac" => child(0).max(child(1)) + 0.3,
            "msqrt" => together() + 1.0,
            "mroot" => child(0) + 0.6 * child(1) + 1.0,
            "msub" | "msup" => child(0) + 0.75 * child(1),
            "msubsup" => child(0) + 0.75 * child(1).max(child(2)),
            "mover" | "munder" => child(0).max(0.75 * child(1)),
            "munderover" => child(0).max(0.75 * child(1)).max(0.75 * child(2)),
            "mtable" => table_width(children, numbers),
            _ => together(),
        }
    }

    fn text_width(&self, numbers: &[&str]) -> f32 {
        match &self.content {
            Content::Text(text) => text.chars().map(glyph).sum(),
            Content::Blank(blank) => blank.chars(numbers).map(glyph).sum(),
            Content::Children(_) => 0.0,
        }
    }

    fn margins(&self) -> f32 {
        match self.class {
            Class::Relation => 0.6,
            Class::Binary => 0.45,
            Class::Punctuation | Class::Large => 0.2,
            _ => 0.0,
        }
    }

    fn space_width(&self) -> f32 {
        let value = self.attributes.trim_start_matches(" width=\"").split("em").next();
        // A space in another unit than em is taken for a wide one.
        value.and_then(|value| value.parse().ok()).unwrap_or(20.0)
    }
}

fn table_width(rows: &[Node], numbers: &[&str]) -> f32 {
    let mut columns: Vec<f32> = Vec::new();
    for row in rows {
        for (index, cell) in row.children().iter().enumerate() {
            let width = cell.width(numbers) + 0.8;
            match columns.get_mut(index) {
                Some(column) => *column = column.max(width),
                None => columns.push(width),
            }
        }
    }
    columns.iter().sum()
}

fn glyph(c: char) -> f32 {
    match c {
        '\u{2061}' | '\u{338}' => 0.0,
        'i' | 'j' | 'l' | '.' | ',' | ';' | '(' | ')' | '[' | ']' | '|' | '′' | ' ' | ':' => 0.4,
        'm' | 'w' | 'M' | 'W' | '⋯' | '…' => 1.0,
        'A'..='Z' | '=' | '+' | '−' | '<' | '>' => 0.8,
        _ => 0.66,
    }
}

fn escape(text: &str, out: &mut Blank) {
    let special = |c: char| matches!(c, '&' | '<' | '>' | '\u{a0}') || c.is_control();
    let mut rest = text;
    while let Some(at) = rest.find(special) {
        out.push_str(&rest[..at]);
        let mut behind = rest[at..].chars();
        out.push_str(match behind.next() {
            Some('&') => "&amp;",
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            Some('\u{a0}') => "&nbsp;",
            _ => " ",
        });
        rest = behind.as_str();
    }
    out.push_str(rest);
}
