//! Blocks of a sheet that are more than their Markdown: parts, solutions, room to write, figures.

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, Tag, TagEnd};

use super::figure;
use super::html::{Rewriter, escaped, scroll_box};
use super::reader::Image;

/// Tables and code of so many characters a line surely fit a telephone.
pub(super) const NARROW_LINE: usize = 30;

impl Rewriter<'_> {
    pub(super) fn paragraph(&mut self, below_title: bool) {
        let identity = std::mem::take(&mut self.identity);
        if let Some(list) = self.reader.frames_ahead() {
            self.open_frames(list);
            return;
        }
        match (self.reader.peek(0), self.reader.peek(1)) {
            (Some(Event::Start(Tag::Image { .. })), _) if self.figure(&identity) => {}
            (Some(Event::Start(Tag::Emphasis)), _)
                if below_title && self.reader.is_wholly_emphasis() =>
            {
                self.open(format!("<p class=\"byline\"{identity}>"), "</p>\n");
            }
            (Some(Event::Start(Tag::Strong)), Some(Event::Text(text))) if is_letter(text) => {
                self.open(format!("<p class=\"part\"{identity}>"), "</p>\n");
            }
            _ => self.open(format!("<p{identity}>"), "</p>\n"),
        }
    }

    pub(super) fn block_quote(&mut self, kind: Option<BlockQuoteKind>) {
        let words = self.page.words;
        let (class, label) = match kind {
            Some(kind) => words.callout(kind),
            None => {
                let strong = matches!(
                    (self.reader.peek(0), self.reader.peek(1)),
                    (Some(Event::Start(Tag::Paragraph)), Some(Event::Start(Tag::Strong)))
                );
                if strong && self.folds() {
                    return;
                }
                return match strong {
                    true => self.open("<div class=\"solution\">\n", "</div>\n"),
                    false => self.open("<blockquote>\n", "</blockquote>\n"),
                };
            }
        };
        let label = escaped(label);
        self.open(
            format!(
                "<div class=\"callout {class}\" role=\"note\">\n<p class=\"label\">{label}</p>\n"
            ),
            "</div>\n",
        );
    }

    /// Writes the block quote that starts here as something to unfold, if it is to be one.
    fn folds(&mut self) -> bool {
        let Some(word) = self.page.folded else { return false };
        let title = self.reader.text_until(self.reader.next + 2, &TagEnd::Strong);
        if title != word {
            return false;
        }
        self.reader.skip_past(&TagEnd::Strong);
        let summary = escaped(title.trim_end_matches(['.', ':']));
        self.open(
            format!("<details class=\"solution\">\n<summary>{summary}</summary>\n"),
            "</details>\n",
        );
        match self.reader.peek(0) {
            Some(Event::End(TagEnd::Paragraph)) => self.reader.next += 1,
            _ => self.open("<p>", "</p>\n"),
        }
        true
    }

    pub(super) fn code(&mut self, kind: &CodeBlockKind<'_>) {
        let text = self.reader.text_until(self.reader.next, &TagEnd::CodeBlock);
        self.reader.skip_past(&TagEnd::CodeBlock);
        if let CodeBlockKind::Fenced(info) = kind
            && text.trim().is_empty()
            && let Some(height) = room(info)
        {
            self.html(format!("<div class=\"space\" style=\"height:{height}\"></div>\n"));
            return;
        }
        let wide = text.lines().any(|line| line.chars().count() > NARROW_LINE);
        let open = match wide {
            true => scroll_box("pre", "scroll", &escaped(self.page.words.code)),
            false => "<pre>".to_owned(),
        };
        self.html(format!("{open}<code>{}</code></pre>\n", escaped(&text)));
    }

    /// Writes the paragraph that starts here as a figure, if it consists of one.
    fn figure(&mut self, identity: &str) -> bool {
        let page = self.page;
        let image = self.reader.only_image(|destination| page.drawing(destination).is_some());
        let Some(Image { destination, title, alternative }) = image else { return false };
        let svg = page.drawing(destination).unwrap_or_default();
        let (before, after) = if figure::is_wide(svg) {
            let label = format!("{}: {alternative}", self.page.words.figure);
            (scroll_box("div", "scroll", &escaped(&label)), "</div>")
        } else {
            (String::new(), "")
        };
        self.html(format!("<figure{identity}>{before}"));
        self.inline(svg, &alternative);
        self.html(after);
        if !title.is_empty() {
            self.html(format!("<figcaption>{}</figcaption>", escaped(title)));
            self.caption = title.to_string();
        }
        self.html("</figure>\n");
        self.html(self.data(destination, title));
        self.closing.push("");
        true
    }
}

/// The height that an info string like `space 5cm` asks for.
pub(super) fn room(info: &str) -> Option<&str> {
    let height = info.strip_prefix("space")?.trim();
    let digits = height.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let value = millimetres(height);
    (plain && value > 0.0 && value <= 250.0).then_some(height)
}

/// A length in millimetres; 0 if it is none.
pub(super) fn millimetres(length: &str) -> f32 {
    let digits = length.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let value: f32 = digits.parse().unwrap_or(0.0);
    match &length[digits.len()..] {
        "mm" => value,
        "cm" => value * 10.0,
        "in" => value * 25.4,
        _ => 0.0,
    }
}

/// `(a)` to `(zz)`.
pub(super) fn is_letter(text: &str) -> bool {
    text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).is_some_and(|letters| {
        matches!(letters.len(), 1 | 2) && letters.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}
