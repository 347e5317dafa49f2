//! The first pass: everything but callouts that leave their quotations.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, LinkType, Parser, Tag, TagEnd};

use crate::markup::headings;

use super::super::Words;
use super::super::formula::Display;
use super::super::frames::MARK;
use super::super::html::options;
use super::super::print::NEW_PAGE;
use super::edits::Edits;
use super::escape::{Spot, entities, number, spelled};
use super::lines::{begins_line, prefix};
use super::{Flavor, Front, code, formula};

/// The Markdown with every change but those of [`super::callout`].
pub(super) fn rewritten(
    markdown: &str,
    flavor: Flavor,
    front: &Front<'_>,
    words: &Words<'_>,
) -> String {
    // Without typographic quotation marks, so that a text is a slice of the source.
    let parser = Parser::new_ext(markdown, options(""));
    let definitions: Vec<Range<usize>> =
        parser.reference_definitions().iter().map(|(_, one)| one.span.clone()).collect();
    let events: Vec<_> = parser.into_offset_iter().collect();
    let identifiers =
        headings(markdown).into_iter().map(|one| (one.start, one.identifier)).collect();
    let mut walk = Walk {
        source: markdown,
        flavor,
        front,
        words,
        events: &events,
        identifiers,
        caption: String::new(),
        edits: Edits::default(),
        leaf: 0,
        tables: 0,
        addresses: 0,
        opening: false,
    };
    for range in definitions {
        walk.destination(range);
    }
    walk.run();
    walk.edits.applied(markdown)
}

pub(super) struct Walk<'s> {
    pub(super) source: &'s str,
    pub(super) flavor: Flavor,
    front: &'s Front<'s>,
    pub(super) words: &'s Words<'s>,
    pub(super) events: &'s [(Event<'s>, Range<usize>)],
    /// What links call the headings, by where those begin.
    identifiers: BTreeMap<usize, String>,
    /// The caption of the figure that was just written with one.
    pub(super) caption: String,
    pub(super) edits: Edits,
    /// Where the last leaf ended: a backslash behind it escapes what follows.
    pub(super) leaf: usize,
    tables: usize,
    /// Links between angle brackets, whose text is their address.
    addresses: usize,
    /// The next text begins a paragraph.
    opening: bool,
}

impl<'s> Walk<'s> {
    fn run(&mut self) {
        let events = self.events;
        let mut next = self.title();
        while let Some((event, range)) = events.get(next) {
            next += 1;
            match event {
                Event::Start(tag) => next = self.start(tag, range, next),
                Event::End(tag) => self.end(*tag),
                Event::Text(_) if self.addresses > 0 => {}
                Event::Text(_) => self.text(range),
                Event::InlineMath(tex) => self.formula(tex, Display::Inline, range),
                Event::DisplayMath(tex) => self.formula(tex, Display::Block, range),
                Event::Code(text) => self.code(text, range),
                Event::Html(_) | Event::InlineHtml(_) => self.raw(range),
                _ => {}
            }
            if !matches!(event, Event::Start(_) | Event::End(_)) {
                self.opening = false;
                self.leaf = range.end;
            }
        }
    }

    /// Leaves out the title where the generator prints it, and of the byline what it prints.
    /// The event to go on from.
    fn title(&mut self) -> usize {
        let is_title = |event: &Event<'_>| {
            matches!(event, Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }))
        };
        let Some((_, range)) = self.events.first().filter(|(event, _)| is_title(event)) else {
            return 0;
        };
        if !self.flavor.prints_title() {
            return 0;
        }
        self.edits.replace(range.clone(), "");
        let end = Event::End(TagEnd::Heading(HeadingLevel::H1));
        let Some(next) = self.events.iter().position(|(event, _)| *event == end) else { return 0 };
        self.leaf = range.end;
        self.byline(next + 1).unwrap_or(next + 1)
    }

    fn byline(&mut self, at: usize) -> Option<usize> {
        let [(Event::Start(Tag::Paragraph), whole), (Event::Start(Tag::Emphasis), inner), ..] =
            self.events.get(at..)?
        else {
            return None;
        };
        if !self.flavor.prints_byline() || whole.end.abs_diff(inner.end) > 1 {
            return None;
        }
        let text = self.source.get(inner.start + 1..inner.end.checked_sub(1)?)?;
        let kept: Vec<&str> =
            text.split(" · ").filter(|part| !self.front.is_printed(part.trim())).collect();
        if kept.len() == text.split(" · ").count() {
            return None;
        }
        if !kept.is_empty() {
            // What stays is escaped like any text.
            let rest = rewritten(&kept.join(" · "), self.flavor, &Front::default(), self.words);
            self.edits.replace(inner.clone(), format!("*{rest}*"));
        } else {
            self.edits.replace(whole.clone(), "");
        }
        self.leaf = whole.end;
        let rest = self.events.get(at..)?;
        Some(at + rest.iter().position(|(event, _)| *event == Event::End(TagEnd::Paragraph))? + 1)
    }

    fn start(&mut self, tag: &Tag<'s>, range: &Range<usize>, next: usize) -> usize {
        match tag {
            Tag::Paragraph => {
                let caption = std::mem::take(&mut self.caption);
                if let Some(after) = self.repeats(&caption, next) {
                    self.edits.replace(range.clone(), "\n");
                    self.leaf = range.end;
                    return after;
                }
                self.opening = true;
                return self.figure(range, next);
            }
            Tag::List(_) | Tag::Table(_) => self.part(range.start, next),
            Tag::Heading { .. } => {
                self.part(range.start, next);
                self.identify(range);
            }
            Tag::BlockQuote(kind) => {
                self.part(range.start, next);
                self.callout(*kind, range, next);
            }
            Tag::CodeBlock(kind) => {
                self.part(range.start, next);
                return self.block(kind, range, next);
            }
            Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. } => {
                if matches!(link_type, LinkType::Autolink | LinkType::Email) {
                    self.addresses += 1;
                } else {
                    self.tail(range, dest_url, next);
                }
            }
            _ => {}
        }
        if let Tag::Table(_) = tag {
            self.tables += 1;
        }
        next
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Table => self.tables = self.tables.saturating_sub(1),
            TagEnd::Link | TagEnd::Image => self.addresses = self.addresses.saturating_sub(1),
            _ => {}
        }
    }

    /// Gives a heading the identifier that the sheet's links know it by; generators differ in the
    /// ones that they make themselves.
    fn identify(&mut self, range: &Range<usize>) {
        let known = self.identifiers.get(&range.start).filter(|identifier| !identifier.is_empty());
        let Some(identifier) = known else { return };
        let line = self.source[range.clone()].trim_end();
        match self.flavor {
            Flavor::GitHub => {}
            Flavor::Myst => {
                let written = format!("({identifier})=\n{}", prefix(self.source, range.start));
                self.edits.insert(range.start, written);
            }
            // Titles between lines of signs are too rare to be worth it.
            _ if !line.starts_with('#') => {}
            _ => self.edits.insert(range.start + line.len(), format!(" {{#{identifier}}}")),
        }
    }

    /// The event behind the paragraph that begins here, if it says what a caption has said.
    fn repeats(&self, caption: &str, next: usize) -> Option<usize> {
        let rest = self.events.get(next..)?;
        let end = rest.iter().position(|(event, _)| *event == Event::End(TagEnd::Paragraph))?;
        let inside = rest.get(..end)?;
        let wholly = matches!(inside.first(), Some((Event::Start(Tag::Emphasis), _)))
            && matches!(inside.last(), Some((Event::End(TagEnd::Emphasis), _)));
        let words =
            |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
        let said: String = inside
            .iter()
            .filter_map(|(event, _)| match event {
                Event::Text(text) | Event::Code(text) | Event::InlineMath(text) => Some(&**text),
                _ => None,
            })
            .collect();
        (wholly && !caption.is_empty() && words(&said) == words(caption)).then_some(next + end + 1)
    }

    /// An empty line between a paragraph and a block right below it, which Pandoc needs.
    fn part(&mut self, at: usize, next: usize) {
        let before = next.checked_sub(2).and_then(|before| self.events.get(before));
        let below = matches!(before, Some((Event::End(TagEnd::Paragraph), _)));
        let start = self.source[..at].rfind('\n').map_or(0, |end| end + 1);
        let above = self.source[..start].trim_end_matches('\n');
        let blank = self.source[..start].len() - above.len() > 1
            || above.lines().last().is_none_or(|line| line.trim_matches(['>', ' ']).is_empty());
        if self.flavor == Flavor::Quarto && below && !blank {
            self.edits.insert(start, format!("{}\n", prefix(self.source, at).trim_end()));
        }
    }

    fn text(&mut self, range: &Range<usize>) {
        let Some(text) = self.source.get(range.clone()) else { return };
        let bytes = self.source.as_bytes();
        let escaped = range.start > self.leaf && bytes.get(range.start - 1) == Some(&b'\\');
        // An entity is as literal as can be.
        if text.starts_with('&') && text.ends_with(';') {
            return;
        }
        let first_of_line = begins_line(self.source, range.start);
        let stop = if self.opening && first_of_line { number(text) } else { None };
        let line = self.source[range.start..].lines().next().unwrap_or_default();
        for (at, _) in text.char_indices() {
            let place = range.start + at;
            let spot = Spot {
                rest: line.get(at..).unwrap_or_default(),
                before: place.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b'\n'),
                first: at == 0 && first_of_line,
                opening: stop == Some(at),
            };
            let Some(written) = spelled(self.flavor, &spot) else { continue };
            let width = spot.rest.chars().next().map_or(1, char::len_utf8);
            match (at == 0 && escaped, written.starts_with('\\')) {
                (true, true) => {}
                (true, false) => self.edits.replace(place - 1..place + width, written),
                (false, _) => self.edits.replace(place..place + width, written),
            }
        }
    }

    fn formula(&mut self, tex: &str, display: Display, range: &Range<usize>) {
        let found = formula::Found {
            source: self.source,
            range: range.clone(),
            tex,
            display,
            in_table: self.tables > 0,
        };
        found.rewrite(self.flavor, &mut self.edits);
    }

    fn code(&mut self, text: &str, range: &Range<usize>) {
        let Some(form) = code::form(self.flavor, text, true) else { return };
        let written = match form {
            code::Form::Code(text) => {
                let source = &self.source[range.clone()];
                let ticks = &source[..source.len() - source.trim_start_matches('`').len()];
                let pad = if source[ticks.len()..].starts_with(' ') { " " } else { "" };
                format!("{ticks}{pad}{text}{pad}{ticks}")
            }
            code::Form::Html => code::html(text, true),
            code::Form::Text => entities(text),
        };
        self.edits.replace(range.clone(), written);
    }

    /// Raw HTML is text, as it is in a page; on GitHub it stays what GitHub makes of it.
    fn raw(&mut self, range: &Range<usize>) {
        let Some(html) = self.source.get(range.clone()) else { return };
        if self.flavor == Flavor::GitHub {
            for (at, _) in html.match_indices('{') {
                if html[at + 1..].starts_with(['{', '%']) {
                    self.edits.replace(range.start + at..range.start + at + 1, "&#123;");
                }
            }
            return;
        }
        // Marks for the program's own pages; elsewhere frames are a list, and pages have no end.
        if [MARK, NEW_PAGE].contains(&html.trim()) {
            self.edits.replace(range.clone(), "\n");
            return;
        }
        let indented = html.len() - html.trim_start_matches([' ', '\t']).len();
        let end = html.trim_end_matches('\n').len();
        if indented < end {
            let text = entities(&html[indented..end]).replace('\n', "\\\n");
            self.edits.replace(range.start..range.start + end, text);
        }
    }

    /// The destination and title of a link or an image.
    fn tail(&mut self, range: &Range<usize>, address: &str, next: usize) {
        let mut depth = 1;
        let mut last = range.start;
        for (event, inner) in &self.events[next..] {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
            last = last.max(inner.end);
        }
        let text = self.source.get(last..range.end).unwrap_or_default();
        match (self.moved(address), text.find(address)) {
            (Some(moved), Some(at)) => {
                self.edits.replace(last + at..last + at + address.len(), moved);
            }
            _ => self.destination(last..range.end),
        }
    }

    /// Where another sheet is, if a page is a folder.
    fn moved(&self, address: &str) -> Option<String> {
        let (file, place) = address.split_at(address.find('#').unwrap_or(address.len()));
        let stem = file.strip_suffix(".md")?;
        let relative = !file.contains([':', '{']) && !file.starts_with('/');
        (self.flavor.has_page_folders() && relative).then(|| format!("../{stem}/{place}"))
    }

    fn destination(&mut self, range: Range<usize>) {
        let text = self.source.get(range.clone()).unwrap_or_default();
        for (at, _) in text.match_indices('{') {
            if text[at + 1..].starts_with(['{', '%']) {
                self.edits.replace(range.start + at..range.start + at + 1, "&#123;");
            }
        }
    }
}
