//! Frames: one cell for several values, which a reader steps through without a script.
//!
//! In Markdown they are a paragraph in strong text, the comment `<!-- frames -->`, and an ordered
//! list, each of whose items begins with a paragraph: its label. In the page these become a group
//! of radio buttons; style shows the frame of the one that is checked. Each frame stands behind
//! its own button, so on paper, and where there is no style, all follow in order with their
//! labels. Where anything of that form is missing, the comment is text like other raw HTML, and
//! the list a list.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::html::Rewriter;

/// The line that makes frames of the list below it.
pub(super) const MARK: &str = "<!-- frames -->";

/// A list that is open.
#[derive(Debug, Clone, Copy)]
pub(super) enum List {
    /// Of entries.
    Plain,
    /// Of frames: the number of the group, and of the last frame in it.
    Frames { group: usize, last: usize },
}

impl Rewriter<'_> {
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

    /// Opens the group whose lead begins here and whose list starts at the given event.
    pub(super) fn open_frames(&mut self, list: usize) {
        self.frames_at = Some(list);
        self.open("<fieldset class=\"frames\">\n<legend>", "</legend>\n");
    }

    /// Passes over the comment before a list of frames; false where a block is none.
    pub(super) fn skip_mark(&mut self) -> bool {
        let Some(list) = self.frames_at.filter(|list| *list == self.next + 2) else { return false };
        self.next = list;
        true
    }

    /// Whether the list that starts here is one of frames, which is then open.
    pub(super) fn open_list(&mut self) -> bool {
        let frames = self.frames_at.is_some_and(|list| list + 1 == self.next);
        self.lists.push(match frames {
            true => {
                self.frames_at = None;
                self.groups += 1;
                List::Frames { group: self.groups, last: 0 }
            }
            false => List::Plain,
        });
        frames
    }

    /// Opens a frame, if the item that starts here is one: its button and its label.
    pub(super) fn open_frame(&mut self) -> bool {
        let Some(List::Frames { group, last }) = self.lists.last_mut() else { return false };
        *last += 1;
        let id = format!("frames{group}_{last}");
        let checked = if *last == 1 { " checked" } else { "" };
        let button = format!("<input type=\"radio\" name=\"frames{group}\" id=\"{id}\"{checked}>");
        // Not every program that reads pages aloud finds a name in a formula.
        let ordinal = format!("<span class=\"unseen\">{last}.</span>");
        // The paragraph that begins the item is the label.
        self.next += 1;
        self.open(
            format!("<div class=\"choice\">{button}<label for=\"{id}\">{ordinal} "),
            "</label></div>\n<div class=\"frame\">\n",
        );
        true
    }

    /// Closes an item; whether it was a frame.
    pub(super) fn close_frame(&mut self) -> bool {
        let frame = matches!(self.lists.last(), Some(List::Frames { .. }));
        if frame {
            self.html("</div>\n");
        }
        frame
    }

    /// Closes a list; whether it was one of frames.
    pub(super) fn close_list(&mut self) -> bool {
        let frames = matches!(self.lists.pop(), Some(List::Frames { .. }));
        if frames {
            self.html("</fieldset>\n");
        }
        frames
    }
}
