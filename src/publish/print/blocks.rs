//! Blocks of a paper: paragraphs and parts, solutions, room to write, figures, lists and tables.

use std::ops::Range;

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, Tag, TagEnd};

use super::super::anchor::{self, Named};
use super::super::blocks::{is_letter, room};
use super::super::frames::List;
use super::super::reader::Image;
use super::literal::{lines, string};
use super::natural_width;
use super::writer::Writer;

/// About so many characters of a table fit an em of the column.
const CHARACTERS: f32 = 1.9;

impl Writer<'_> {
    pub(super) fn paragraph(&mut self, range: &Range<usize>) {
        if let Some(list) = self.reader.frames_ahead() {
            self.frames_at = Some(list);
            self.open("#frames[", "]\n\n");
            return;
        }
        let name = anchor::named(self.print.page.places, range, Named::Block);
        match (self.reader.peek(0), self.reader.peek(1)) {
            (Some(Event::Start(Tag::Image { .. })), _) if self.figure(name) => return,
            (Some(Event::Start(Tag::Strong)), Some(Event::Text(text))) if is_letter(text) => {
                let letter = string(text);
                self.reader.skip_past(&TagEnd::Strong);
                self.open(&format!("#part({letter})["), "]\n\n");
                // The letter stands in a box of its own width.
                if let Some(Event::Text(text)) = self.reader.peek(0) {
                    self.reader.next += 1;
                    self.text(text.trim_start());
                }
            }
            (Some(Event::DisplayMath(_)), _) if !self.reader.room_follows() => {
                self.open("", "\n\n");
            }
            // It must not stand at the foot of a page, away from its formula.
            _ if self.reader.leads() => self.open("#lead[", "]\n\n"),
            _ => self.open("", "\n\n"),
        }
        if let Some(name) = name {
            self.place(name);
        }
    }

    pub(super) fn block_quote(&mut self, kind: Option<BlockQuoteKind>) {
        self.depth += 1;
        let words = self.print.page.words;
        let (class, label) = match kind {
            Some(kind) => words.callout(kind),
            None => {
                let strong = matches!(
                    (self.reader.peek(0), self.reader.peek(1)),
                    (Some(Event::Start(Tag::Paragraph)), Some(Event::Start(Tag::Strong)))
                );
                let opening = if strong { "#solution[\n" } else { "#quote(block: true)[\n" };
                return self.open(opening, "]\n\n");
            }
        };
        self.open(&format!("#callout(\"{class}\", {})[\n", string(label)), "]\n\n");
    }

    pub(super) fn code(&mut self, kind: &CodeBlockKind<'_>) {
        let text = self.reader.text_until(self.reader.next, &TagEnd::CodeBlock);
        self.reader.skip_past(&TagEnd::CodeBlock);
        if let CodeBlockKind::Fenced(info) = kind
            && text.trim().is_empty()
            && let Some(height) = room(info)
        {
            self.push(&format!("#room({height})\n\n"));
            return;
        }
        self.push(&format!("#listing({})\n\n", lines(&text)));
    }

    /// Writes the paragraph that starts here as a figure, if it consists of one.
    fn figure(&mut self, name: Option<&str>) -> bool {
        let page = self.print.page;
        let image = self.reader.only_image(|destination| page.drawing(destination).is_some());
        let Some(Image { destination, title, alternative }) = image else { return false };
        if let Some(name) = name {
            self.place(name);
        }
        self.drawing(destination, &alternative, title);
        self.caption = title.to_owned();
        self.closing.push("\n\n");
        true
    }

    /// Writes the drawing of that destination, if the paper has it; else its text.
    pub(super) fn drawing(&mut self, destination: &str, alternative: &str, caption: &str) {
        let Some(svg) = self.print.page.drawing(destination) else { return self.text(alternative) };
        let width = natural_width(svg);
        self.push(&format!(
            "#drawing({}, {}, {width:.0}pt, {});",
            string(&format!("/{destination}")),
            string(alternative),
            string(caption)
        ));
    }

    /// Passes over the comment before a list of frames; false where a block is none.
    pub(super) fn skip_mark(&mut self) -> bool {
        let at = self.reader.next + 2;
        let Some(list) = self.frames_at.filter(|list| *list == at) else { return false };
        self.reader.next = list;
        true
    }

    pub(super) fn list(&mut self, first: Option<u64>) {
        let frames = self.frames_at.is_some_and(|list| list + 1 == self.reader.next);
        if frames {
            self.frames_at = None;
            self.lists.push(List::Frames { group: 0, last: 0 });
            return;
        }
        self.lists.push(List::Plain);
        let tight = self.reader.peek(1) != Some(&Event::Start(Tag::Paragraph));
        // What is to be answered stays with the room for it.
        let stays = self.reader.room_follows();
        self.closing.push(if stays { "]\n\n" } else { "\n\n" });
        self.push(if stays { "#lead[" } else { "" });
        match first {
            Some(number) => self.push(&format!("#enum(start: {number}, tight: {tight}")),
            None => self.push(&format!("#list(tight: {tight}")),
        }
    }

    pub(super) fn item(&mut self) {
        if matches!(self.lists.last(), Some(List::Frames { .. })) {
            // The paragraph that begins the item is the label.
            self.reader.next += 1;
            self.open("#frame[", "]\n\n");
            return;
        }
        self.push(",[");
    }

    pub(super) fn close_item(&mut self) {
        if !matches!(self.lists.last(), Some(List::Frames { .. })) {
            self.push("]");
        }
    }

    pub(super) fn close_list(&mut self) {
        if let Some(List::Plain) = self.lists.pop() {
            self.push(")");
            self.close();
        }
    }

    pub(super) fn table(&mut self, alignments: &[Alignment]) {
        let room = self.print.layout.column() * CHARACTERS;
        let width = self.reader.table_line();
        let fit = u16::try_from(width).is_ok_and(|width| f32::from(width) <= room);
        let align: String = alignments
            .iter()
            .map(|alignment| match alignment {
                Alignment::Right => "right,",
                Alignment::Center => "center,",
                Alignment::None | Alignment::Left => "left,",
            })
            .collect();
        let fit = if fit { "" } else { "fit: true, " };
        self.push(&format!("#grid-of({fit}align: ({align}), columns: {},\n", alignments.len()));
    }
}
