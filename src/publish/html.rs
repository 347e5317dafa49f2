//! The Markdown parser's events, rewritten for a page and then written as HTML.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use crate::markup;

use super::anchor::{self, Anchors, Named};
use super::blocks::NARROW_LINE;
use super::formula::Display;
use super::formulas::{FormulaProblem, Formulas, boxed, stray_dollars, width_of_number};
use super::frames::List;
use super::reader::Reader;
use super::{Page, destination, figure};

/// The page's text as HTML, or what is wrong with its formulas.
pub(super) fn body(page: &Page<'_>) -> Result<String, Vec<FormulaProblem>> {
    let parser = Parser::new_ext(page.markdown, options(page.language));
    // One for about ten characters.
    let mut events = Vec::with_capacity(page.markdown.len() / 10);
    events.extend(parser.into_offset_iter());
    let mut rewriter = Rewriter {
        page,
        reader: Reader { events: &events, next: 0 },
        out: Vec::with_capacity(events.len() + 64),
        formulas: Formulas::default(),
        identity: String::new(),
        anchors: Anchors::default(),
        notes: BTreeMap::new(),
        closing: Vec::new(),
        figures: 0,
        frames_at: None,
        groups: 0,
        lists: Vec::new(),
        below_title: false,
        caption: String::new(),
        taken: 0,
    };
    rewriter.run();
    rewriter.formulas.problems.extend(stray_dollars(&events, page.markdown));
    if !rewriter.formulas.problems.is_empty() {
        return Err(rewriter.formulas.problems);
    }
    // Formulas become several times as long.
    let mut html = String::with_capacity(page.markdown.len() * 6);
    pulldown_cmark::html::push_html(&mut html, rewriter.out.into_iter());
    Ok(html)
}

/// The same for all texts but for quotation marks, whose curly forms are English.
pub(super) fn options(language: &str) -> Options {
    let common = markup::options();
    if language.starts_with("en") { common | Options::ENABLE_SMART_PUNCTUATION } else { common }
}

pub(super) struct Rewriter<'e> {
    pub(super) page: &'e Page<'e>,
    pub(super) reader: Reader<'e>,
    out: Vec<Event<'e>>,
    formulas: Formulas,
    /// The attribute of the next paragraph, if links lead to it.
    pub(super) identity: String,
    anchors: Anchors,
    /// Footnotes by name, numbered as they occur.
    notes: BTreeMap<&'e str, usize>,
    /// What closes each block quote, link and paragraph that is open.
    pub(super) closing: Vec<&'static str>,
    figures: usize,
    /// Where a list of frames will start whose lead was met.
    pub(super) frames_at: Option<usize>,
    /// The groups of frames so far.
    pub(super) groups: usize,
    /// The lists that are open.
    pub(super) lists: Vec<List>,
    /// The last thing was the page's title.
    below_title: bool,
    /// The caption of the figure that was just written.
    pub(super) caption: String,
    /// How many bytes of the next text stand already behind a formula.
    taken: usize,
}

impl<'e> Rewriter<'e> {
    fn run(&mut self) {
        while let Some((event, range)) = self.reader.read() {
            match event {
                Event::Start(tag) => self.start(tag, range),
                Event::End(tag) => self.end(*tag),
                Event::InlineMath(tex) => self.formula(tex, Display::Inline, range),
                Event::DisplayMath(tex) => self.formula(tex, Display::Block, range),
                // Raw HTML is shown, not obeyed.
                Event::Html(text) | Event::InlineHtml(text) => {
                    self.out.push(Event::Text(borrowed(text)));
                }
                Event::FootnoteReference(name) => {
                    let number = self.note(name);
                    self.html(format!("<sup><a href=\"#note_{number}\">{number}</a></sup>"));
                }
                Event::HardBreak => self.html("<br>\n"),
                Event::Rule => self.html("<hr>\n"),
                Event::Text(text) => {
                    let taken = std::mem::take(&mut self.taken);
                    self.out.push(Event::Text(CowStr::Borrowed(&text[taken..])));
                }
                other => self.out.push(other.clone()),
            }
        }
    }

    pub(super) fn html(&mut self, html: impl Into<CowStr<'e>>) {
        self.out.push(Event::InlineHtml(html.into()));
    }

    /// Opens an element of the page's own, which the matching end will close.
    pub(super) fn open(&mut self, html: impl Into<CowStr<'e>>, closing: &'static str) {
        self.html(html);
        self.closing.push(closing);
    }

    fn start(&mut self, tag: &'e Tag<'_>, range: &Range<usize>) {
        let below_title = std::mem::take(&mut self.below_title);
        let caption = std::mem::take(&mut self.caption);
        match tag {
            Tag::Paragraph if self.reader.repeats(&caption) => {
                self.reader.skip_past(&TagEnd::Paragraph);
            }
            Tag::Paragraph => {
                let attribute = |name: &str| format!(" id=\"{}\"", escaped(name));
                self.identity = self.named(range, Named::Block).map(attribute).unwrap_or_default();
                self.paragraph(below_title);
            }
            Tag::HtmlBlock if self.skip_mark() => {}
            Tag::HtmlBlock if self.reader.skip_new_page() => {
                self.html("<div class=\"new-page\"></div>\n");
            }
            Tag::HtmlBlock => self.html("<p>"),
            Tag::List(_) if self.open_list() => {}
            Tag::Item if self.open_frame() => {}
            Tag::Heading { level, .. } => {
                let anchor = self
                    .anchors
                    .take(&self.reader.text_until(self.reader.next, &TagEnd::Heading(*level)));
                self.html(format!("<{level} id=\"{anchor}\">"));
                if let Some(name) = self.named(range, Named::Block) {
                    self.html(format!("<span id=\"{}\"></span>", escaped(name)));
                }
            }
            Tag::BlockQuote(kind) => self.block_quote(*kind),
            Tag::CodeBlock(kind) => self.code(kind),
            Tag::Table(alignments) => {
                if self.reader.table_line() > NARROW_LINE {
                    let label = escaped(self.page.words.table);
                    self.open(scroll_box("div", "scroll", &label), "</div>\n");
                } else {
                    self.open("", "");
                }
                self.out.push(Event::Start(Tag::Table(alignments.clone())));
            }
            Tag::Emphasis if self.reader.is_marks() => self.html("<em class=\"marks\">"),
            Tag::Link { dest_url, link_type, title, id } => {
                let exact = self.page.places.destinations.range(range.clone()).next();
                let dest_url = match exact {
                    Some((_, exact)) => CowStr::Borrowed(exact.as_str()),
                    None => borrowed(dest_url),
                };
                let safe = match link_type {
                    // The parser takes only addresses of mailboxes for one.
                    LinkType::Email => true,
                    _ => destination::is_safe(&dest_url),
                };
                if safe {
                    self.closing.push("</a>");
                    let (link_type, title, id) = (*link_type, borrowed(title), borrowed(id));
                    self.out.push(Event::Start(Tag::Link { link_type, dest_url, title, id }));
                } else {
                    self.closing.push("");
                }
            }
            Tag::Image { dest_url, .. } => {
                let alternative = self.reader.skip_image();
                match self.page.drawing(dest_url) {
                    Some(svg) => self.inline(svg, &alternative),
                    None => match self.page.pictures.get(dest_url.as_ref()) {
                        Some(address) => self.html(format!(
                            "<img src=\"{address}\" alt=\"{}\">",
                            escaped(&alternative)
                        )),
                        None => self.out.push(Event::Text(alternative.into())),
                    },
                }
            }
            Tag::FootnoteDefinition(name) => {
                let number = self.note(name);
                self.html(format!(
                    "<div class=\"footnote\" id=\"note_{number}\"><sup>{number}</sup>\n"
                ));
            }
            other => self.out.push(Event::Start(other.clone())),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::HtmlBlock => self.html("</p>\n"),
            TagEnd::Item if self.close_frame() => {}
            TagEnd::List(_) if self.close_list() => {}
            TagEnd::Paragraph | TagEnd::BlockQuote(_) => {
                let closing = self.closing.pop().unwrap_or_default();
                self.html(closing);
            }
            TagEnd::Heading(level) => {
                self.below_title = level == pulldown_cmark::HeadingLevel::H1;
                self.html(format!("</{level}>\n"));
            }
            TagEnd::Link => {
                if self.closing.pop() == Some("</a>") {
                    self.out.push(Event::End(tag));
                }
            }
            TagEnd::Table => {
                self.out.push(Event::End(tag));
                let closing = self.closing.pop().unwrap_or_default();
                self.html(closing);
            }
            TagEnd::FootnoteDefinition => self.html("</div>\n"),
            other => self.out.push(Event::End(other)),
        }
    }

    /// A figure in a line of text.
    pub(super) fn inline(&mut self, svg: &str, alternative: &str) {
        self.figures += 1;
        self.html(figure::inline(svg, alternative, self.figures));
    }

    /// The identifier of a place within a range of the text.
    fn named(&self, range: &Range<usize>, named: Named) -> Option<&'e str> {
        anchor::named(self.page.places, range, named)
    }

    fn note(&mut self, name: &'e str) -> usize {
        let number = self.notes.len() + 1;
        *self.notes.entry(name).or_insert(number)
    }

    fn formula(&mut self, tex: &str, display: Display, range: &Range<usize>) {
        let markdown = self.page.markdown;
        let Some((formula, tag)) = self.formulas.convert(tex, display, markdown, range.clone())
        else {
            return;
        };
        let number = tag.map(|tag| tag.printed());
        let room = number.as_deref().map_or(0.0, width_of_number);
        let label = self.page.words.formula;
        let mut pieces: Vec<String> =
            formula.pieces.into_iter().map(|piece| boxed(piece, display, label, room)).collect();
        if let Some(number) = number {
            let name = self.named(range, Named::Equation);
            let name = name.map(|name| format!(" id=\"{}\"", escaped(name))).unwrap_or_default();
            let (formula, number) = (pieces.concat(), escaped(&number));
            self.html(format!(
                "<span class=\"equation\"{name}>{formula}<span class=\"number\">{number}</span></span>"
            ));
            return;
        }
        if display == Display::Inline {
            self.bind(&mut pieces);
        }
        self.html(pieces.join("<wbr>"));
    }

    /// Binds a formula to the punctuation around it; a line could break there otherwise.
    fn bind(&mut self, pieces: &mut [String]) {
        let opening = match self.out.last_mut() {
            Some(Event::Text(text)) if text.ends_with(OPENING) => {
                let kept = text.trim_end_matches(OPENING).to_owned();
                let opening = escaped(&text[kept.len()..]);
                *text = kept.into();
                opening
            }
            _ => String::new(),
        };
        if let (Some(first), false) = (pieces.first_mut(), opening.is_empty()) {
            *first = format!("<span class=\"bound\">{opening}{first}</span>");
        }
        let Some(Event::Text(text)) = self.reader.peek(0) else {
            return;
        };
        let rest = text.trim_start_matches(CLOSING);
        self.taken = text.len() - rest.len();
        if let (Some(last), true) = (pieces.last_mut(), self.taken > 0) {
            let closing = escaped(&text[..self.taken]);
            *last = format!("<span class=\"bound\">{last}{closing}</span>");
        }
    }
}

/// What belongs to the formula behind it; `„` and `‚` open quotations in German.
const OPENING: [char; 6] = ['(', '[', '“', '‘', '„', '‚'];
/// What belongs to the formula before it; `“` and `‘` close quotations in German.
const CLOSING: [char; 13] = ['.', ',', ';', ':', '!', '?', ')', ']', '’', '”', '“', '‘', '%'];

fn borrowed<'e>(text: &'e CowStr<'_>) -> CowStr<'e> {
    CowStr::Borrowed(text)
}

/// The opening tag of a box that scrolls and can be reached with the keyboard.
pub(super) fn scroll_box(element: &str, class: &str, label: &str) -> String {
    format!("<{element} class=\"{class}\" role=\"group\" aria-label=\"{label}\" tabindex=\"0\">")
}

/// Text as it may stand in an element or a quoted attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut out = Cow::Borrowed(text);
    for (plain, entity) in [('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('"', "&quot;")] {
        if out.contains(plain) {
            out = Cow::Owned(out.replace(plain, entity));
        }
    }
    out.into_owned()
}
