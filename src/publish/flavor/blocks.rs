//! Blocks of a sheet that are more than their Markdown: code, room to write, figures, callouts.

use std::ops::Range;

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, Tag, TagEnd};

use super::super::blocks::{millimetres, room};
use super::escape::entities;
use super::lines::{indented, prefix};
use super::walk::{Walk, rewritten};
use super::{Flavor, Front, code};

/// How high a line of an empty code block is, about.
const LINE: f32 = 6.0;

impl Walk<'_> {
    pub(super) fn block(
        &mut self,
        kind: &CodeBlockKind<'_>,
        range: &Range<usize>,
        next: usize,
    ) -> usize {
        let mut text = String::new();
        let mut after = next;
        for (event, _) in &self.events[next..] {
            after += 1;
            match event {
                Event::End(TagEnd::CodeBlock) => break,
                Event::Text(part) => text.push_str(part),
                _ => {}
            }
        }
        self.leaf = range.end;
        let lead = prefix(self.source, range.start);
        let info = match kind {
            CodeBlockKind::Fenced(info) => info.as_ref(),
            CodeBlockKind::Indented => "",
        };
        if let (true, Some(height)) = (text.trim().is_empty(), room(info)) {
            if let Some(written) = self.room(height) {
                self.edits.replace(range.clone(), indented(&written, &lead));
            }
            return after;
        }
        let harmless = code::info(self.flavor, info);
        let form = code::form(self.flavor, &text, false);
        let written = match (form, harmless) {
            (None, None) => return after,
            (None, Some(info)) => fenced(info, &text),
            (Some(code::Form::Code(text)), harmless) => fenced(harmless.unwrap_or(info), &text),
            (Some(code::Form::Html), _) => code::html(&text, false),
            (Some(code::Form::Text), _) => code::text(&text),
        };
        let tail = if self.source[range.clone()].ends_with('\n') { "\n" } else { "" };
        self.edits.replace(range.clone(), format!("{}{tail}", indented(&written, &lead)));
        after
    }

    /// Room to write; `None` where an empty code block of one line does.
    fn room(&self, height: &str) -> Option<String> {
        let style = format!("height: {height}; border: 1px solid currentColor; opacity: 0.5");
        match self.flavor {
            Flavor::GitHub => None,
            Flavor::Quarto => Some(format!("::: {{style=\"{style}\"}}\n:::")),
            Flavor::Zola | Flavor::MdBook => Some(format!("<div style=\"{style}\"></div>")),
            Flavor::Myst | Flavor::Hugo => {
                let lines =
                    (1_u8..50).take_while(|count| f32::from(*count) * LINE <= millimetres(height));
                Some(format!("```\n{}\u{a0}\n```", "\u{a0}\n".repeat(lines.count())))
            }
        }
    }

    /// A paragraph that is one figure, for those who give figures a form of their own.
    pub(super) fn figure(&mut self, range: &Range<usize>, next: usize) -> usize {
        let Some((Event::Start(Tag::Image { dest_url, title, .. }), image)) = self.events.get(next)
        else {
            return next;
        };
        let end = image.end;
        let whole = self.source[range.clone()].trim_end().len() + range.start == end;
        let plain = !dest_url.contains(|c: char| c.is_whitespace() || "(){}<>\\".contains(c));
        if !whole || !plain || !matches!(self.flavor, Flavor::Quarto | Flavor::Myst) {
            return next;
        }
        let mut alternative = String::new();
        let mut after = next;
        for (event, _) in &self.events[next..] {
            after += 1;
            match event {
                Event::End(TagEnd::Image) => break,
                Event::Text(part) | Event::Code(part) | Event::InlineMath(part) => {
                    alternative.push_str(part);
                }
                Event::SoftBreak | Event::HardBreak => alternative.push(' '),
                _ => {}
            }
        }
        let caption = rewritten(title, self.flavor, &Front::default(), self.words);
        let written = match self.flavor {
            Flavor::Quarto => {
                let alternative = alternative.replace('\\', "\\\\").replace('"', "\\\"");
                format!("![{caption}]({dest_url}){{fig-alt=\"{alternative}\"}}")
            }
            _ => format!(":::{{figure}} {dest_url}\n:alt: {alternative}\n\n{caption}\n:::"),
        };
        let lead = prefix(self.source, range.start);
        self.edits.replace(image.clone(), indented(&written, &lead));
        self.caption = title.to_string();
        self.leaf = end;
        after
    }

    pub(super) fn callout(
        &mut self,
        kind: Option<BlockQuoteKind>,
        range: &Range<usize>,
        next: usize,
    ) {
        let (Some(kind), Flavor::Zola | Flavor::Hugo) = (kind, self.flavor) else { return };
        let label = match kind {
            BlockQuoteKind::Note => self.words.note,
            BlockQuoteKind::Tip => self.words.tip,
            BlockQuoteKind::Important => self.words.important,
            BlockQuoteKind::Warning => self.words.warning,
            BlockQuoteKind::Caution => self.words.caution,
        };
        let head = self.events.get(next).map_or(range.end, |(_, first)| first.start);
        let line = self.source.get(range.start..head).unwrap_or_default();
        if let (Some(open), Some(close)) = (line.find("[!"), line.find(']')) {
            let lead = format!("{}>", prefix(self.source, range.start));
            let written = format!("**{}**\n{lead}", entities(label));
            self.edits.replace(range.start + open..range.start + close + 1, written);
        }
    }
}

/// A block of code between fences that it doesn't contain.
fn fenced(info: &str, code: &str) -> String {
    let longest = code.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let line = if code.is_empty() || code.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{info}\n{code}{line}{fence}")
}
