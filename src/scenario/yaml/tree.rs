//! The events of a document into a tree, and what the language leaves out of YAML.
//!
//! The builder keeps its own stack and stops at the depth limit, so no document
//! can exhaust the program's stack. An anchored node is kept for its aliases;
//! keeping and unrolling both draw on one budget, so neither a chain of aliases
//! nor a nest of anchors can exhaust memory. An alias inside its own anchor finds
//! nothing, as the anchor is not yet kept.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, Span, Tag};

use crate::limits::Limit;

use super::super::problem::{path_with_key, path_with_number};
use super::super::{Place, Problem};
use super::entries::Entries;
use super::node::{Data, Node};
use super::scalar::Properties;
use super::source::Source;
use super::{scalar, syntax};

/// What a node counts for, beside the bytes of its text, where anchors and aliases copy it:
/// together they copy no more than a file may have.
const NODE_WEIGHT: usize = 32;

/// The tree of a document, or all that is wrong with it.
pub(super) fn build(source: &Source) -> Result<Node, Vec<Problem>> {
    let mut builder = Builder::new(source);
    let mut parser = Parser::new_from_str(source.text());
    while let Some(event) = parser.next_event() {
        match event {
            Ok((event, span)) if builder.goes_on => builder.event(event, span),
            Ok(_) => break,
            Err(error) => {
                builder.problems.push(syntax::problem(&error, source));
                break;
            }
        }
    }
    let empty = || Node { place: Place::START, data: Data::Scalar(scalar::nothing()) };
    if builder.problems.is_empty() {
        Ok(builder.top.unwrap_or_else(empty))
    } else {
        Err(builder.problems)
    }
}

struct Builder<'s> {
    source: &'s Source<'s>,
    open: Vec<Open>,
    top: Option<Node>,
    anchors: BTreeMap<usize, Node>,
    copied: usize,
    documents: usize,
    problems: Vec<Problem>,
    goes_on: bool,
}

/// A list or mapping whose end has not come yet.
struct Open {
    place: Place,
    anchor: usize,
    parts: Parts,
}

enum Parts {
    List(Vec<Node>),
    Map(Entries),
}

impl<'s> Builder<'s> {
    fn new(source: &'s Source<'s>) -> Self {
        Self {
            source,
            open: Vec::new(),
            top: None,
            anchors: BTreeMap::new(),
            copied: 0,
            documents: 0,
            problems: Vec::new(),
            goes_on: true,
        }
    }

    fn event(&mut self, event: Event, span: Span) {
        match event {
            Event::DocumentStart(_) => self.document(span),
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_tag(tag.as_deref(), span);
                let properties = Properties::of(anchor, tag.as_deref());
                let (scalar, problem) = scalar::read(self.source, &text, style, span, properties);
                if let Some(problem) = problem {
                    self.note(problem);
                }
                let place = scalar.start();
                let data = Data::Scalar(scalar);
                self.finish(Node { place, data }, anchor);
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_tag(tag.as_deref(), span);
                let place = self.start(span, Properties::of(anchor, tag.as_deref()));
                self.begin(place, anchor, Parts::List(Vec::new()));
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_tag(tag.as_deref(), span);
                let place = self.start(span, Properties::of(anchor, tag.as_deref()));
                self.begin(place, anchor, Parts::Map(Entries::default()));
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
    }

    fn document(&mut self, span: Span) {
        self.documents += 1;
        if self.documents == 2 {
            let problem = Problem::new(scalar::place(span.start), "a second document begins here");
            self.stop(problem.with_help("a file holds one scenario: remove the line `---`"));
        }
    }

    fn start(&self, span: Span, properties: Properties) -> Place {
        scalar::content(self.source, span, properties).place
    }

    fn begin(&mut self, place: Place, anchor: usize, parts: Parts) {
        if self.open.len() >= Limit::Nesting.count() {
            self.stop(syntax::too_deep(place));
            return;
        }
        self.open.push(Open { place, anchor, parts });
    }

    fn end(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let data = match open.parts {
            Parts::List(items) => Data::List(items),
            Parts::Map(entries) => Data::Map(entries.done()),
        };
        let place = open.place;
        self.finish(Node { place, data }, open.anchor);
    }

    /// A node is complete: it is kept if it has an anchor, and joins its parent.
    fn finish(&mut self, node: Node, anchor: usize) {
        // Anchors are numbered from 1.
        if anchor != 0 && self.may_copy(&node, node.place) {
            self.anchors.insert(anchor, node.clone());
        }
        self.join(node);
    }

    fn alias(&mut self, anchor: usize, span: Span) {
        let place = scalar::place(span.start);
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            self.stop(Problem::new(place, "an alias stands inside the text that it repeats"));
            return;
        };
        if self.open.len() + height(&node) > Limit::Nesting.count() {
            self.stop(syntax::too_deep(place));
        } else if self.may_copy(&node, place) {
            self.join(node);
        }
    }

    fn may_copy(&mut self, node: &Node, place: Place) -> bool {
        self.copied = self.copied.saturating_add(weight(node));
        let may = self.copied <= Limit::FileSize.count();
        if !may {
            let problem = Problem::new(place, "anchors and aliases repeat too much text");
            self.stop(problem.with_help("anchor smaller parts, or repeat them fewer times"));
        }
        may
    }

    fn join(&mut self, node: Node) {
        let problem = match self.open.last_mut().map(|open| &mut open.parts) {
            None => {
                self.top = Some(node);
                None
            }
            Some(Parts::List(items)) => {
                items.push(node);
                None
            }
            Some(Parts::Map(entries)) => entries.take(node),
        };
        if let Some(problem) = problem {
            self.note(problem);
        }
    }

    /// The path of what comes next.
    fn path(&self) -> String {
        self.open.iter().fold(String::new(), |path, open| match &open.parts {
            Parts::List(items) => path_with_number(&path, items.len() + 1),
            Parts::Map(entries) => match entries.key() {
                Some(key) => path_with_key(&path, &key.text),
                None => path,
            },
        })
    }

    fn refuse_tag(&mut self, tag: Option<&Tag>, span: Span) {
        if tag.is_some() {
            let source = self.source.between(span.start.index(), span.end.index());
            let width = source.chars().take_while(|c| !c.is_whitespace()).count();
            let problem =
                Problem::new(scalar::place(span.start), "tags are not part of a scenario");
            let help = "leave the tag out, or put a text that begins with `!` in quotes";
            self.note(problem.with_help(help).with_width(width));
        }
    }

    fn note(&mut self, problem: Problem) {
        let path = self.path();
        self.problems.push(problem.in_field(path));
    }

    fn stop(&mut self, problem: Problem) {
        self.note(problem);
        self.goes_on = false;
    }
}

/// How many lists and mappings nest in a node.
fn height(node: &Node) -> usize {
    let below = match &node.data {
        Data::Scalar(_) => return 0,
        Data::List(items) => items.iter().map(height).max(),
        Data::Map(entries) => entries.iter().map(|(_, value)| height(value)).max(),
    };
    1 + below.unwrap_or(0)
}

/// What a copy of a node costs.
fn weight(node: &Node) -> usize {
    let parts: usize = match &node.data {
        Data::Scalar(scalar) => scalar.text.len(),
        Data::List(items) => items.iter().map(weight).sum(),
        Data::Map(entries) => {
            entries.iter().map(|(key, value)| key.text.len() + weight(value)).sum()
        }
    };
    NODE_WEIGHT + parts
}
