//! A reader of the Markdown parser's events, who looks ahead: what the writers of pages and of
//! papers have in common.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

use super::blocks::{is_letter, room};
use super::frames::MARK;
use super::print::NEW_PAGE;

/// Where reading has come to.
pub(super) struct Reader<'e> {
    pub(super) events: &'e [(Event<'e>, Range<usize>)],
    /// The next event.
    pub(super) next: usize,
}

/// An image in the text.
pub(super) struct Image<'e> {
    pub(super) destination: &'e str,
    pub(super) title: &'e str,
    pub(super) alternative: String,
}

impl<'e> Reader<'e> {
    /// The next event, with its place in the text.
    pub(super) fn read(&mut self) -> Option<&'e (Event<'e>, Range<usize>)> {
        let read = self.events.get(self.next)?;
        self.next += 1;
        Some(read)
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<&'e Event<'e>> {
        self.events.get(self.next + ahead).map(|(event, _)| event)
    }

    /// The plain text from event `from` to the given end.
    pub(super) fn text_until(&self, from: usize, end: &TagEnd) -> String {
        let mut text = String::new();
        for (event, _) in &self.events[from..] {
            match event {
                Event::End(tag) if tag == end => break,
                Event::Text(part)
                | Event::Code(part)
                | Event::InlineMath(part)
                | Event::DisplayMath(part) => text.push_str(part),
                Event::SoftBreak | Event::HardBreak => text.push(' '),
                _ => {}
            }
        }
        text
    }

    /// Whether the paragraph that starts here leads to a display formula, a list, a table, a lettered
    /// part or room to write right below it.
    pub(super) fn leads(&self) -> bool {
        let rest = &self.events[self.next..];
        let end = Event::End(TagEnd::Paragraph);
        let Some(end) = rest.iter().position(|(event, _)| *event == end) else { return false };
        let after = |ahead: usize| rest.get(end + ahead).map(|(event, _)| event);
        match after(1) {
            Some(Event::Start(Tag::Paragraph)) => match (after(2), after(3)) {
                (Some(Event::DisplayMath(_)), _) => true,
                (Some(Event::Start(Tag::Strong)), Some(Event::Text(text))) => is_letter(text),
                _ => false,
            },
            Some(Event::Start(Tag::List(_) | Tag::Table(_))) => true,
            other => other.is_some_and(is_room),
        }
    }

    /// Whether there is room to write right behind what was opened last.
    pub(super) fn room_follows(&self) -> bool {
        let mut depth = 1_usize;
        for (index, (event, _)) in self.events.iter().enumerate().skip(self.next) {
            match event {
                Event::Start(_) => depth += 1,
                Event::End(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return self.events.get(index + 1).is_some_and(|(event, _)| is_room(event));
            }
        }
        false
    }

    /// Reads on behind the comment that starts here, if it begins a new page; whether it does.
    pub(super) fn skip_new_page(&mut self) -> bool {
        let mark = matches!(self.peek(0), Some(Event::Html(text)) if text.trim() == NEW_PAGE);
        if mark {
            self.skip_past(&TagEnd::HtmlBlock);
        }
        mark
    }

    pub(super) fn skip_past(&mut self, end: &TagEnd) {
        let rest = &self.events[self.next..];
        let length = rest.iter().position(|(event, _)| *event == Event::End(*end));
        self.next += length.map_or(rest.len(), |length| length + 1);
    }

    /// Reads the image that the paragraph which starts here consists of, up to the paragraph's end,
    /// if it is one of those that are known.
    pub(super) fn only_image(&mut self, is_known: impl Fn(&str) -> bool) -> Option<Image<'e>> {
        let Some(Event::Start(Tag::Image { dest_url, title, .. })) = self.peek(0) else {
            return None;
        };
        let start = self.next;
        self.next += 1;
        let alternative = self.skip_image();
        if !is_known(dest_url) || self.peek(0) != Some(&Event::End(TagEnd::Paragraph)) {
            self.next = start;
            return None;
        }
        Some(Image { destination: dest_url, title, alternative })
    }

    /// Reads on behind the image that starts here; its alternative text.
    pub(super) fn skip_image(&mut self) -> String {
        let text = self.text_until(self.next, &TagEnd::Image);
        let mut depth = 1;
        while depth > 0 {
            match self.peek(0) {
                Some(Event::Start(Tag::Image { .. })) => depth += 1,
                Some(Event::End(TagEnd::Image)) => depth -= 1,
                Some(_) => {}
                None => break,
            }
            self.next += 1;
        }
        text
    }

    /// Whether the emphasis that starts here is `(2 marks)` at the end of its paragraph.
    pub(super) fn is_marks(&self) -> bool {
        let text = match self.peek(0) {
            Some(Event::Text(text)) => text,
            _ => return false,
        };
        let digit = text
            .strip_prefix('(')
            .is_some_and(|text| text.starts_with(|c: char| c.is_ascii_digit()));
        digit
            && text.ends_with(')')
            && self.peek(1) == Some(&Event::End(TagEnd::Emphasis))
            && self.peek(2) == Some(&Event::End(TagEnd::Paragraph))
    }

    /// Whether the paragraph that starts here is one emphasis and nothing else.
    pub(super) fn is_wholly_emphasis(&self) -> bool {
        let rest = &self.events[self.next..];
        let end = rest.iter().position(|(event, _)| *event == Event::End(TagEnd::Emphasis));
        end.and_then(|end| rest.get(end + 1))
            .is_some_and(|(event, _)| *event == Event::End(TagEnd::Paragraph))
    }

    /// About how many characters wide the table that starts here is.
    pub(super) fn table_line(&self) -> usize {
        let mut columns: Vec<usize> = Vec::new();
        let mut column = 0;
        let mut width = 0;
        for (event, _) in &self.events[self.next..] {
            match event {
                Event::Start(Tag::TableHead | Tag::TableRow) => column = 0,
                Event::Start(Tag::TableCell) => width = 3,
                Event::End(TagEnd::TableCell) => {
                    columns.resize(columns.len().max(column + 1), 0);
                    columns[column] = columns[column].max(width);
                    column += 1;
                }
                Event::End(TagEnd::Table) => break,
                Event::Text(text) | Event::Code(text) => width += text.chars().count(),
                Event::InlineMath(tex) | Event::DisplayMath(tex) => width += tex.chars().count(),
                _ => {}
            }
        }
        columns.iter().sum()
    }

    /// Where the list of frames starts whose lead is the paragraph that begins here.
    pub(super) fn frames_ahead(&self) -> Option<usize> {
        let at = |index: usize| self.events.get(index).map(|(event, _)| event);
        let Some(Event::Start(Tag::Strong)) = at(self.next) else { return None };
        let rest = &self.events[self.next..];
        let strong = Event::End(TagEnd::Strong);
        let end = self.next + rest.iter().position(|(event, _)| *event == strong)?;
        let paragraph = at(end + 1) == Some(&Event::End(TagEnd::Paragraph));
        let block = at(end + 2) == Some(&Event::Start(Tag::HtmlBlock));
        let mark = matches!(at(end + 3), Some(Event::Html(text)) if text.trim() == MARK);
        let alone = at(end + 4) == Some(&Event::End(TagEnd::HtmlBlock));
        let list = matches!(at(end + 5), Some(Event::Start(Tag::List(Some(_)))));
        let formed = paragraph && block && mark && alone && list;
        (formed && self.items_have_labels(end + 6)).then_some(end + 5)
    }

    /// Whether the list from here to its end has several items that begin with a paragraph.
    fn items_have_labels(&self, from: usize) -> bool {
        let (mut depth, mut items) = (0_usize, 0_usize);
        for (index, (event, _)) in self.events.iter().enumerate().skip(from) {
            match event {
                Event::Start(Tag::Item) if depth == 0 => {
                    let label = self.events.get(index + 1).map(|(event, _)| event);
                    if label != Some(&Event::Start(Tag::Paragraph)) {
                        return false;
                    }
                    (depth, items) = (1, items + 1);
                }
                Event::Start(_) => depth += 1,
                Event::End(TagEnd::List(_)) if depth == 0 => return items > 1,
                Event::End(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        false
    }

    /// Whether the paragraph that starts here says in emphasis what a figure's caption said.
    pub(super) fn repeats(&self, caption: &str) -> bool {
        let emphasis = self.peek(0) == Some(&Event::Start(Tag::Emphasis));
        // Signs may have been escaped, and quotation marks curled.
        let same = |text: &str| {
            let words =
                |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
            words(text) == words(caption)
        };
        !caption.is_empty()
            && emphasis
            && self.is_wholly_emphasis()
            && same(&self.text_until(self.next, &TagEnd::Emphasis))
    }
}

/// Whether a code block begins that stands for room to write.
fn is_room(event: &Event<'_>) -> bool {
    let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) = event else { return false };
    room(info).is_some()
}
