//! The walk over the Markdown's events.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{Event, HeadingLevel, LinkType, Parser, Tag, TagEnd};

use super::super::anchor::{self, Anchors, Named};
use super::super::destination;
use super::super::formula::{self, Display, Printed};
use super::super::formulas::{FormulaProblem, Formulas, stray_dollars, width_of_number};
use super::super::frames::List;
use super::super::html::options;
use super::super::reader::Reader;
use super::Print;
use super::literal::string;
use crate::memo::Memo;

/// What begins a paper in one column, and in two.
const TITLE: &str = "#title-block[\n";
const WIDE_TITLE: &str = "#title-block(wide: true)[\n";
/// How much of the column a solution or callout takes for its edge, in em.
const EDGE: f32 = 1.4;
/// A formula in a line of text is broken only where it is wider than this, in em.
const UNBROKEN: f32 = 9.0;
/// A display formula of more lines may be broken over pages.
const TOGETHER: usize = 14;
/// Formulas that are remembered: those of many papers of one kind.
const REMEMBERED: usize = 4096;

type Converted = Result<Arc<Printed>, String>;

thread_local! {
    static KNOWN: RefCell<Memo<String, Converted>> = RefCell::new(Memo::new(REMEMBERED));
}

/// The body of a paper, or what is wrong with its formulas.
pub(super) fn body(print: &Print<'_>) -> Result<String, Vec<FormulaProblem>> {
    let page = print.page;
    let parser = Parser::new_ext(page.markdown, options(page.language));
    let events: Vec<_> = parser.into_offset_iter().collect();
    let mut writer = Writer {
        print,
        reader: Reader { events: &events, next: 0 },
        out: String::with_capacity(page.markdown.len() * 4),
        formulas: Formulas::default(),
        anchors: Anchors::default(),
        placed: BTreeSet::new(),
        links: Vec::new(),
        notes: BTreeMap::new(),
        closing: Vec::new(),
        lists: Vec::new(),
        frames_at: None,
        caption: String::new(),
        level: 0,
        depth: 0,
    };
    writer.opening();
    writer.run(None);
    writer.formulas.problems.extend(stray_dollars(&events, page.markdown));
    if !writer.formulas.problems.is_empty() {
        return Err(writer.formulas.problems);
    }
    Ok(writer.with_links())
}

pub(super) struct Writer<'e> {
    pub(super) print: &'e Print<'e>,
    pub(super) reader: Reader<'e>,
    pub(super) out: String,
    formulas: Formulas,
    anchors: Anchors,
    /// The places that are on the paper.
    placed: BTreeSet<String>,
    /// Where links to places are still to be written, and to which.
    links: Vec<(usize, String)>,
    /// Footnotes by name, numbered as they occur.
    notes: BTreeMap<&'e str, usize>,
    /// What closes each block quote, link and paragraph that is open.
    pub(super) closing: Vec<&'static str>,
    /// The lists that are open.
    pub(super) lists: Vec<List>,
    /// Where a list of frames will start whose lead was met.
    pub(super) frames_at: Option<usize>,
    /// The caption of the figure that was just written.
    pub(super) caption: String,
    /// The level of the last heading.
    level: usize,
    /// Edges around what is written.
    pub(super) depth: usize,
}

impl<'e> Writer<'e> {
    /// The title, the byline, and the head of an exam.
    fn opening(&mut self) {
        let titled = matches!(
            self.reader.peek(0),
            Some(Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }))
        );
        let exam = self.print.layout.exam.as_ref();
        if !titled && exam.is_none() {
            return;
        }
        self.push(if self.print.layout.columns > 1 { WIDE_TITLE } else { TITLE });
        if titled {
            self.run(Some(TagEnd::Heading(HeadingLevel::H1)));
            let emphasis = self.reader.peek(1) == Some(&Event::Start(Tag::Emphasis));
            let paragraph = self.reader.peek(0) == Some(&Event::Start(Tag::Paragraph));
            self.reader.next += 1;
            let wholly = paragraph && emphasis && self.reader.is_wholly_emphasis();
            if wholly {
                self.open("#byline[", "]\n\n");
                self.run(Some(TagEnd::Paragraph));
            } else {
                self.reader.next -= 1;
            }
        }
        if let Some(exam) = exam {
            let rows = exam.questions.iter();
            let rows: String = rows
                .map(|(number, marks)| format!("({}, {}), ", string(number), string(marks)))
                .collect();
            let student = super::literal::optional(exam.student.as_deref());
            let total = string(&exam.total);
            let words = super::words(self.print.vocabulary);
            self.push(&format!(
                "#exam-head(student: {student}, total: {total}, marks: ({rows}), words: {words})\n"
            ));
        }
        self.push("]\n\n");
    }

    /// Writes up to an end, which is written too, or up to the end of all.
    fn run(&mut self, until: Option<TagEnd>) {
        while let Some((event, range)) = self.reader.read() {
            match event {
                Event::Start(tag) => self.start(tag, range),
                Event::End(tag) => self.end(*tag),
                Event::InlineMath(tex) => self.formula(tex, Display::Inline, range),
                Event::DisplayMath(tex) => self.formula(tex, Display::Block, range),
                Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(text),
                Event::Code(code) => {
                    let code = format!("#raw({});", string(code));
                    self.push(&code);
                }
                Event::FootnoteReference(name) => self.note(name),
                Event::SoftBreak => self.text(" "),
                Event::HardBreak => self.push("#linebreak();"),
                Event::Rule => self.push("#rule()\n\n"),
                Event::TaskListMarker(done) => self.text(if *done { "☒ " } else { "☐ " }),
            }
            if until.is_some() && matches!(event, Event::End(tag) if Some(*tag) == until) {
                return;
            }
        }
    }

    pub(super) fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    pub(super) fn text(&mut self, text: &str) {
        let text = string(text);
        self.out.push('#');
        self.out.push_str(&text);
        self.out.push(';');
    }

    /// Opens something that the matching end will close.
    pub(super) fn open(&mut self, opening: &str, closing: &'static str) {
        self.push(opening);
        self.closing.push(closing);
    }

    pub(super) fn close(&mut self) {
        let closing = self.closing.pop().unwrap_or_default();
        self.push(closing);
    }

    fn start(&mut self, tag: &'e Tag<'_>, range: &Range<usize>) {
        let caption = std::mem::take(&mut self.caption);
        match tag {
            Tag::Paragraph if self.reader.repeats(&caption) => {
                self.reader.skip_past(&TagEnd::Paragraph);
            }
            Tag::Paragraph => self.paragraph(range),
            Tag::Heading { level, .. } => self.heading(*level, range),
            Tag::HtmlBlock if self.skip_mark() => {}
            Tag::HtmlBlock if self.reader.skip_new_page() => self.push("#new-page()\n\n"),
            Tag::HtmlBlock => {}
            Tag::BlockQuote(kind) => self.block_quote(*kind),
            Tag::CodeBlock(kind) => self.code(kind),
            Tag::List(first) => self.list(*first),
            Tag::Item => self.item(),
            Tag::Table(alignments) => self.table(alignments),
            Tag::TableHead => self.push("table.header("),
            Tag::TableRow => {}
            Tag::TableCell => self.push("["),
            Tag::Emphasis if self.reader.is_marks() => self.open("#marks[", "];"),
            Tag::Emphasis => self.open("#emph[", "];"),
            Tag::Strong => self.open("#strong[", "];"),
            Tag::Strikethrough => self.open("#strike[", "];"),
            Tag::Link { dest_url, link_type, .. } => self.link(dest_url, *link_type, range),
            Tag::Image { dest_url, .. } => {
                let alternative = self.reader.skip_image();
                self.drawing(dest_url, &alternative, "");
            }
            // Written where it is first referred to.
            Tag::FootnoteDefinition(_) => self.reader.skip_past(&TagEnd::FootnoteDefinition),
            // The parser's extensions that no sheet has switched on.
            _ => self.closing.push(""),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Table => self.push(")\n\n"),
            TagEnd::TableHead => self.push("),\n"),
            TagEnd::TableRow => self.push("\n"),
            TagEnd::TableCell => self.push("],"),
            TagEnd::HtmlBlock => self.push("\n\n"),
            TagEnd::FootnoteDefinition => {}
            TagEnd::Item => self.close_item(),
            TagEnd::List(_) => self.close_list(),
            TagEnd::Heading(_) => self.push("]\n\n"),
            TagEnd::BlockQuote(_) => {
                self.depth = self.depth.saturating_sub(1);
                self.close();
            }
            _ => self.close(),
        }
    }

    fn heading(&mut self, level: HeadingLevel, range: &Range<usize>) {
        let anchor =
            self.anchors.take(&self.reader.text_until(self.reader.next, &TagEnd::Heading(level)));
        let level = (level as usize).min(self.level + 1);
        self.level = level;
        match level {
            1 if [TITLE, WIDE_TITLE].contains(&&*self.out) => self.push("#sheet-title["),
            _ => self.push(&format!("#heading(level: {level})[")),
        }
        self.place(&anchor);
        if let Some(name) = anchor::named(self.print.page.places, range, Named::Block) {
            self.place(name);
        }
    }

    /// A place that links lead to.
    pub(super) fn place(&mut self, name: &str) {
        if self.placed.insert(name.to_owned()) {
            let place = format!("#place-of({});", string(name));
            self.push(&place);
        }
    }

    fn link(&mut self, destination: &str, link_type: LinkType, range: &Range<usize>) {
        let exact = self.print.page.places.destinations.range(range.clone()).next();
        let destination = exact.map_or(destination, |(_, exact)| exact.as_str());
        let mailbox = link_type == LinkType::Email;
        let address =
            if mailbox { format!("mailto:{destination}") } else { destination.to_owned() };
        if let Some(name) = destination.strip_prefix('#') {
            // Whether the paper has the place is known at its end.
            self.links.push((self.out.len(), name.to_owned()));
            self.closing.push("];");
        } else if address.contains(':') && destination::is_safe(&address) {
            self.open(&format!("#link({})[", string(&address)), "];");
        } else {
            // Other sheets are other files, which need not lie beside this one.
            self.open("#[", "];");
        }
    }

    /// The text, in which links to places that are not on the paper are plain.
    fn with_links(self) -> String {
        let Self { out, placed, links, .. } = self;
        let mut text = String::with_capacity(out.len());
        let mut written = 0;
        for (at, name) in links {
            text.push_str(&out[written..at]);
            match placed.contains(&name) {
                true => text.push_str(&format!("#goto({})[", string(&name))),
                false => text.push_str("#["),
            }
            written = at;
        }
        text + &out[written..]
    }

    /// A footnote: its text where it is first referred to.
    fn note(&mut self, name: &'e str) {
        if let Some(number) = self.notes.get(name) {
            let again = format!("#footnote(label(\"note-{number}\"));");
            self.push(&again);
            return;
        }
        let number = self.notes.len() + 1;
        self.notes.insert(name, number);
        let definition = self.reader.events.iter().position(|(event, _)| {
            matches!(event, Event::Start(Tag::FootnoteDefinition(known)) if **known == *name)
        });
        let back = self.reader.next;
        self.push("#footnote[");
        if let Some(definition) = definition {
            self.reader.next = definition + 1;
            self.run(Some(TagEnd::FootnoteDefinition));
        }
        self.reader.next = back;
        self.push(&format!("]#label(\"note-{number}\");"));
    }

    fn formula(&mut self, tex: &str, display: Display, range: &Range<usize>) {
        let Print { page, vocabulary, layout } = *self.print;
        let edges = u8::try_from(self.depth).unwrap_or(u8::MAX);
        let room = layout.column() - EDGE * f32::from(edges);
        let tagged = display == Display::Block && page.markdown[range.clone()].contains("\\tag");
        let room = if tagged { room - width_of_number("(00)") } else { room };
        let convert = |tex: &str| {
            let key = format!("{} {room} {display:?} {tex}", page.language);
            let print = || formula::print(tex, display, room, vocabulary).map(Arc::new);
            KNOWN.with_borrow_mut(|known| known.result(&key, print))
        };
        let converted =
            self.formulas.convert_by((tex, display), page.markdown, range.clone(), convert);
        let Some((printed, tag)) = converted else { return };
        let Printed { markup, spoken, lines, width } = &*printed;
        let spoken = string(spoken);
        match display {
            Display::Inline => {
                let whole = if *width <= UNBROKEN { "whole:true," } else { "" };
                self.push(&format!("#formula({whole}{spoken},${markup}$);"));
            }
            Display::Block => {
                let number = tag.map(|tag| string(&tag.printed()));
                let number = number.map(|number| format!("number:{number},")).unwrap_or_default();
                let fit = if *width <= room { "" } else { "fit:true," };
                let long = if *lines <= TOGETHER { "" } else { "long:true," };
                if let Some(name) = anchor::named(page.places, range, Named::Equation) {
                    self.place(name);
                }
                self.push(&format!("#formula({number}{fit}{long}{spoken},$ {markup} $);"));
            }
        }
    }
}
