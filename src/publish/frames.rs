//! Frames: one cell for several values, which a reader steps through without a script.
//!
//! In Markdown they are a paragraph in strong text, the comment `<!-- frames -->`, and an ordered
//! list, each of whose items begins with a paragraph: its label. In the page these become a group
//! of radio buttons; style shows the frame of the one that is checked. Each frame stands behind
//! its own button, so on paper, and where there is no style, all follow in order with their
//! labels. Where anything of that form is missing, the comment is text like other raw HTML, and
//! the list a list.

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
    /// Opens the group whose lead begins here and whose list starts at the given event.
    pub(super) fn open_frames(&mut self, list: usize) {
        self.frames_at = Some(list);
        self.open("<fieldset class=\"frames\">\n<legend>", "</legend>\n");
    }

    /// Passes over the comment before a list of frames; false where a block is none.
    pub(super) fn skip_mark(&mut self) -> bool {
        let Some(list) = self.frames_at.filter(|list| *list == self.reader.next + 2) else {
            return false;
        };
        self.reader.next = list;
        true
    }

    /// Whether the list that starts here is one of frames, which is then open.
    pub(super) fn open_list(&mut self) -> bool {
        let frames = self.frames_at.is_some_and(|list| list + 1 == self.reader.next);
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
        self.reader.next += 1;
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
