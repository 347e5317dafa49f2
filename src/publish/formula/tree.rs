//! Events of the LaTeX parser -> a tree of MathML elements.
//!
//! The parser's own writer is not used: it leaves operator names unescaped, puts spaces inside
//! scripts, and writes primes and accents as plain letters. What is decided here:
//!
//!
//! - **Primes** stay with what stands before them, so that `\text{ReLU}'(z)` is a primed function.
//! - **Accents** are `mover accent="true"`, so that they keep their size and sit close.
//! - **Formulas inside `\text`** (`\text{if $z > 0$}`) are parsed in their turn.
//!
//! Spacing is decided in `row`, the alignment of tables in `layout`.

use std::iter::Peekable;
use std::slice::Iter;

use pulldown_latex::event::{
    ColorTarget, Dimension, DimensionUnit, EnvironmentFlow, Event, Font, Grouping, ScriptPosition,
    ScriptType, StateChange, Style, Visual,
};

use super::layout::{Layout, table_row};
use super::leaf::{as_accent, as_middle};
use super::node::{Class, Content, Node};
use super::row::Row;

/// Deeper formulas would come close to the depth at which browsers flatten a page.
const DEEPEST: usize = 64;

/// The elements of a formula, or what cannot be set about it.
pub(super) fn build(events: &[Event<'_>], style: Style, depth: usize) -> Result<Vec<Node>, String> {
    let mut builder =
        Builder { events: events.iter().peekable(), font: None, style, depth, problem: None };
    let mut nodes = builder.row();
    while builder.events.next().is_some() {
        // An unmatched end: go on behind it rather than lose the rest.
        nodes.extend(builder.row());
    }
    builder.problem.map_or(Ok(nodes), Err)
}

/// Puts the rest of a row into an element of its own.
type Wrap = Box<dyn FnOnce(Vec<Node>) -> Node>;

pub(super) struct Builder<'e, 'a> {
    events: Peekable<Iter<'e, Event<'a>>>,
    pub(super) font: Option<Font>,
    pub(super) style: Style,
    pub(super) depth: usize,
    pub(super) problem: Option<String>,
}

impl Builder<'_, '_> {
    /// Elements up to the end of the group or cell, which stays unread.
    fn row(&mut self) -> Vec<Node> {
        let mut row = Row::default();
        // A change of style or colour holds for the rest of the row, which it wraps.
        let mut wraps = Vec::new();
        while let Some(event) = self.events.peek() {
            match event {
                Event::End
                | Event::EnvironmentFlow(
                    EnvironmentFlow::Alignment | EnvironmentFlow::NewLine { .. },
                ) => break,
                Event::StateChange(change) => {
                    let change = *change;
                    self.events.next();
                    if let Some(wrap) = self.change(change) {
                        wraps.push((wrap, std::mem::take(&mut row)));
                    }
                }
                _ => row.push(self.element()),
            }
            if wraps.len() > DEEPEST {
                self.refuse(format!("its style changes more than {DEEPEST} times in a row"));
                self.events.by_ref().for_each(drop);
            }
        }
        while let Some((wrap, mut outer)) = wraps.pop() {
            outer.push(wrap(row.finish()));
            row = outer;
        }
        row.finish()
    }

    /// Notes a change of font; other changes wrap what follows.
    fn change(&mut self, change: StateChange) -> Option<Wrap> {
        match change {
            StateChange::Font(font) => {
                self.font = font;
                None
            }
            StateChange::Style(style) => {
                self.style = style;
                let (display, level) = match style {
                    Style::Display => ("true", "0"),
                    Style::Text => ("false", "0"),
                    Style::Script => ("false", "1"),
                    Style::ScriptScript => ("false", "2"),
                };
                Some(Box::new(move |rest| {
                    let style = Node::parent("mstyle", rest);
                    style.with("displaystyle", display).with("scriptlevel", level)
                }))
            }
            StateChange::Color(change) => {
                let (r, g, b) = change.color;
                let name = match change.target {
                    ColorTarget::Text => "mathcolor",
                    ColorTarget::Background => "mathbackground",
                    ColorTarget::Border => return None,
                };
                let color = format!("#{r:02x}{g:02x}{b:02x}");
                Some(Box::new(move |rest| Node::parent("mstyle", rest).with(name, &color)))
            }
        }
    }

    fn element(&mut self) -> Node {
        self.depth += 1;
        if self.depth > DEEPEST {
            self.refuse(format!("it is nested more than {DEEPEST} deep"));
            // Nothing of this formula will be shown.
            self.events.by_ref().for_each(drop);
        }
        let node = self.next_element();
        self.depth -= 1;
        node
    }

    fn next_element(&mut self) -> Node {
        match self.events.next() {
            Some(Event::Content(content)) => self.content(*content),
            Some(Event::Begin(grouping)) => self.group(grouping),
            Some(Event::Visual(visual)) => self.visual(*visual),
            Some(Event::Script { ty, position }) => self.script(*ty, *position),
            Some(Event::Space { width, .. }) => {
                Node::space(&width.map_or_else(|| "0em".into(), css))
            }
            Some(Event::StateChange(change)) => {
                self.change(*change);
                Node::parent("mrow", Vec::new())
            }
            Some(Event::End | Event::EnvironmentFlow(_)) | None => Node::parent("mrow", Vec::new()),
        }
    }

    /// An element set in another style, as scripts and fractions are.
    fn element_in(&mut self, style: Style) -> Node {
        let outer = std::mem::replace(&mut self.style, style);
        let node = self.element();
        self.style = outer;
        node
    }

    fn visual(&mut self, visual: Visual) -> Node {
        match visual {
            Visual::SquareRoot => Node::parent("msqrt", vec![self.element()]),
            Visual::Root => {
                let radicand = self.element();
                Node::parent("mroot", vec![radicand, self.element_in(Style::ScriptScript)])
            }
            Visual::Fraction(line) => {
                let inner = match self.style {
                    Style::Display => Style::Text,
                    Style::Text => Style::Script,
                    Style::Script | Style::ScriptScript => Style::ScriptScript,
                };
                let parts = vec![self.element_in(inner), self.element_in(inner)];
                let fraction = Node::parent("mfrac", parts);
                match line {
                    Some(width) => fraction.with("linethickness", &css(width)),
                    None => fraction,
                }
            }
            Visual::Negation => {
                let mut node = self.element();
                if node.tag == "mo"
                    && let Content::Text(text) = &mut node.content
                {
                    text.push('\u{338}');
                    return node;
                }
                Node::parent("mrow", vec![node]).with("class", "struck")
            }
        }
    }

    fn script(&mut self, ty: ScriptType, position: ScriptPosition) -> Node {
        let beside = match position {
            ScriptPosition::Right => true,
            ScriptPosition::AboveBelow => false,
            ScriptPosition::Movable => self.style != Style::Display,
        };
        let mut base = self.element();
        let class = base.class;
        base.braced = false;
        let first = self.element_in(Style::Script);
        let (tag, mut parts) = match (ty, beside) {
            (ScriptType::Subscript, true) => ("msub", vec![base, first]),
            (ScriptType::Subscript, false) => ("munder", vec![base, first]),
            (ScriptType::Superscript, true) => ("msup", vec![base, first]),
            (ScriptType::Superscript, false) => ("mover", vec![base, first]),
            (ScriptType::SubSuperscript, _) => {
                let second = self.element_in(Style::Script);
                let tag = if beside { "msubsup" } else { "munderover" };
                (tag, vec![base, first, second])
            }
        };
        let mark = parts.last().map(Node::text).unwrap_or_default();
        let line = tag == "mover" && mark == "‾";
        if line && parts.first().is_some_and(|base| base.text().chars().count() != 1) {
            // No character stretches over a wide base in all fonts; a border does.
            parts.truncate(1);
            return Node::parent("mrow", parts).with("class", "overline");
        }
        let accent = tag == "mover" && parts.last_mut().is_some_and(as_accent);
        let mut node = Node::parent(tag, parts);
        if accent {
            node.set("accent", "true");
        }
        node.class = class;
        node
    }

    fn group(&mut self, grouping: &Grouping) -> Node {
        let (font, style) = (self.font, self.style);
        let node = match grouping {
            Grouping::Normal => {
                let mut node = Node::row(self.row());
                self.events.next();
                node.braced = true;
                node
            }
            Grouping::LeftRight(open, close) => {
                let mut inner = self.row();
                inner.iter_mut().for_each(as_middle);
                self.events.next();
                let side = |delimiter: &Option<char>, form| {
                    delimiter.map(|c| {
                        Node::leaf("mo", c, Class::Ordinary)
                            .with("form", form)
                            .with("stretchy", "true")
                    })
                };
                let mut nodes = Vec::from_iter(side(open, "prefix"));
                nodes.extend(inner);
                nodes.extend(side(close, "postfix"));
                Node::parent("mrow", nodes)
            }
            environment => {
                self.font = None;
                self.environment(environment)
            }
        };
        (self.font, self.style) = (font, style);
        node
    }

    fn environment(&mut self, grouping: &Grouping) -> Node {
        let layout = Layout::of(grouping);
        self.style = if layout.display { Style::Display } else { Style::Text };
        if let Some(Event::StateChange(StateChange::Style(style))) = self.events.peek() {
            // dcases and darray announce their style before their first cell.
            self.style = *style;
            self.events.next();
        }
        let (display, cell_style) = (self.style == Style::Display, self.style);
        let mut ruled = false;
        if let Some(Event::EnvironmentFlow(EnvironmentFlow::StartLines { .. })) = self.events.peek()
        {
            self.events.next();
            ruled = true;
        }
        let (mut rows, mut cells) = (Vec::new(), Vec::new());
        loop {
            (self.font, self.style) = (None, cell_style);
            let cell = Node::parent("mtd", self.row());
            cells.push(layout.class(cell, cells.len()));
            match self.events.next() {
                Some(Event::EnvironmentFlow(EnvironmentFlow::Alignment)) => {}
                Some(Event::EnvironmentFlow(EnvironmentFlow::NewLine {
                    spacing,
                    horizontal_lines,
                })) => {
                    rows.push(table_row(std::mem::take(&mut cells), ruled, *spacing));
                    ruled = !horizontal_lines.is_empty();
                }
                _ => break,
            }
        }
        // `\\` behind the last row opens an empty one, which only carries a line, if anything.
        let empty = cells.len() == 1 && cells.iter().all(|cell| cell.children().is_empty());
        match rows.last_mut() {
            Some(last) if empty && ruled => last.set("style", "border-bottom:1px solid"),
            Some(_) if empty => {}
            _ => rows.push(table_row(cells, ruled, None)),
        }
        layout.wrap(rows, display)
    }
}

/// A TeX length in a unit that CSS knows.
pub(super) fn css(length: Dimension) -> String {
    let length = match length.unit {
        // A mu is an eighteenth of an em.
        DimensionUnit::Mu => Dimension::new(length.value / 18.0, DimensionUnit::Em),
        _ => length,
    };
    // No space or line is wider than a sheet of paper.
    Dimension::new(length.value.clamp(-100.0, 100.0), length.unit).to_string()
}
