//! Blocks of a sheet that are more than their Markdown: parts, solutions, room to write, figures.

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, Tag, TagEnd};

use super::figure;
use super::html::{Rewriter, escaped, scroll_box};

/// Tables and code of so many characters a line surely fit a telephone.
pub(super) const NARROW_LINE: usize = 30;

impl Rewriter<'_> {
    pub(super) fn paragraph(&mut self, below_title: bool) {
        let identity = std::mem::take(&mut self.identity);
        if let Some(list) = self.frames_ahead() {
            self.open_frames(list);
            return;
        }
        match (self.peek(0), self.peek(1)) {
            (Some(Event::Start(Tag::Image { .. })), _) if self.figure(&identity) => {}
            (Some(Event::Start(Tag::Emphasis)), _) if below_title && self.is_wholly_emphasis() => {
                self.open(format!("<p class=\"byline\"{identity}>"), "</p>\n");
            }
            (Some(Event::Start(Tag::Strong)), Some(Event::Text(text))) if is_letter(text) => {
                self.open(format!("<p class=\"part\"{identity}>"), "</p>\n");
            }
            _ => self.open(format!("<p{identity}>"), "</p>\n"),
        }
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
    fn is_wholly_emphasis(&self) -> bool {
        let rest = &self.events[self.next..];
        let end = rest.iter().position(|(event, _)| *event == Event::End(TagEnd::Emphasis));
        end.and_then(|end| rest.get(end + 1))
            .is_some_and(|(event, _)| *event == Event::End(TagEnd::Paragraph))
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

    pub(super) fn block_quote(&mut self, kind: Option<BlockQuoteKind>) {
        let words = self.page.words;
        let (class, label) = match kind {
            Some(BlockQuoteKind::Note) => ("note", words.note),
            Some(BlockQuoteKind::Tip) => ("tip", words.tip),
            Some(BlockQuoteKind::Important) => ("important", words.important),
            Some(BlockQuoteKind::Warning) => ("warning", words.warning),
            Some(BlockQuoteKind::Caution) => ("caution", words.caution),
            None => {
                let strong = matches!(
                    (self.peek(0), self.peek(1)),
                    (Some(Event::Start(Tag::Paragraph)), Some(Event::Start(Tag::Strong)))
                );
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

    pub(super) fn code(&mut self, kind: &CodeBlockKind<'_>) {
        let text = self.text_until(self.next, &TagEnd::CodeBlock);
        self.skip_past(&TagEnd::CodeBlock);
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

    /// Writes the paragraph that starts here as a figure, if it consists of one.
    fn figure(&mut self, identity: &str) -> bool {
        let Some(Event::Start(Tag::Image { dest_url, title, .. })) = self.peek(0) else {
            return false;
        };
        let (Some(svg), start) = (self.drawing(dest_url), self.next) else {
            return false;
        };
        self.next += 1;
        let alternative = self.skip_image();
        if self.peek(0) != Some(&Event::End(TagEnd::Paragraph)) {
            self.next = start;
            return false;
        }
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
        self.html(self.data(dest_url, title));
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
fn is_letter(text: &str) -> bool {
    text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).is_some_and(|letters| {
        matches!(letters.len(), 1 | 2) && letters.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}
