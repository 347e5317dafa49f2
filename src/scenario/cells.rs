//! The cells of the notebook.

use super::definition::{
    Ask, Audience, Backward, Callout, Cell, Content, ExperimentId, Given, Hint, Moment, Question,
    RunId, Setup,
};
use super::explore::{Explorer, Source};
use super::mistakes::Mistakes;
use super::paths::{PathError, Paths, Site};
use super::schema::{CELL, GIVEN, PART};
use super::text::Text;
use super::{Field, Fields, Problem, code, labels, plots, steps, suggest};
use crate::trace::Path;

/// Every kind of cell.
const KINDS: [&str; 14] = [
    "markdown",
    "callout",
    "rules",
    "question",
    "ask",
    "given",
    "plot",
    "table",
    "derivation",
    "narration",
    "graph",
    "experiment",
    "code",
    "page",
];

/// Reads cells that refer to set-ups.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells<'a> {
    paths: Paths<'a>,
    /// The text of the set-ups.
    written: &'a Field<'a>,
    /// What frames are read from; a frame has none in it.
    source: Option<&'a Source<'a>>,
}

impl<'a> Cells<'a> {
    pub(super) fn new(setups: &'a [Setup], written: &'a Field<'a>, source: &'a Source<'a>) -> Self {
        let paths = Paths { setups, home: None, site: Site::Cell };
        Self { paths, written, source: Some(source) }
    }

    /// The same over the set-ups of a frame.
    pub(super) fn over<'b>(&self, setups: &'b [Setup], written: &'b Field<'b>) -> Cells<'b> {
        let Paths { home, site, .. } = self.paths;
        Cells { paths: Paths { setups, home, site }, written, source: None }
    }

    /// The text of the set-ups.
    pub(super) fn written(&self) -> &'a Field<'a> {
        self.written
    }

    pub(super) fn read(&self, field: &Field<'_>) -> Option<Vec<Cell>> {
        let cells: Vec<_> =
            field.items()?.iter().map(|item| self.cell(item, Among::Cells)).collect();
        let cells: Option<Vec<Cell>> = cells.into_iter().collect();
        cells.inspect(|cells| labels::check(cells, field.report()))
    }

    /// Reads a cell that stands among cells or parts.
    pub(super) fn cell(&self, field: &Field<'_>, among: Among) -> Option<Cell> {
        let table = if among == Among::Cells { &CELL } else { &PART };
        let mut map = field.fields(table)?;
        let Some(kind) = map.first_left().map(|key| (key.text.clone(), key.place)) else {
            let help = "a cell begins with its kind, as in `markdown: …`";
            field.refuse_with("this cell is empty", help);
            return None;
        };
        let audiences = [
            ("both", Audience::Both),
            ("handout", Audience::Handout),
            ("solutions", Audience::Solutions),
        ];
        let audience = map.choice("audience", &audiences);
        let explore = match kind.0.as_str() {
            "plot" | "table" | "narration" | "given" | "markdown" => map.take("explore"),
            _ => None,
        };
        let label = labels::read(&mut map, &kind.0);
        let title = match kind.0.as_str() {
            "plot" | "table" | "graph" => map.filled_text("title"),
            _ => None,
        };
        let title = title.map(|scalar| scalar.text.trim().to_owned());
        let content = match kind.0.as_str() {
            "markdown" => {
                map.take("markdown").and_then(|text| Text::read(&text)).map(Content::Markdown)
            }
            "callout" => callout(&mut map),
            "rules" => map.take("rules").and_then(|list| self.runs(&list)).map(Content::Rules),
            "question" if among == Among::Cells => {
                self.question(&mut map).map(|question| Content::Question(Box::new(question)))
            }
            "ask" if among == Among::Parts => {
                let text = map.take("ask").and_then(|text| Text::read(&text));
                self.ask(&mut map, text).map(|ask| Content::Ask(Box::new(ask)))
            }
            "given" => map
                .take("given")
                .and_then(|given| self.given(&given, Some(&mut map)))
                .map(Content::Given),
            "plot" => plots::plot(self, &mut map),
            "table" => self.table(&mut map),
            "derivation" => self.derivation(&mut map),
            "graph" => self.graph(&mut map),
            "experiment" => {
                map.take("experiment").and_then(|id| self.experiment(&id)).map(Content::Experiment)
            }
            "code" => code::read(self, &mut map),
            "page" => {
                map.required_text("page").map(|scalar| Content::Page(scalar.text.trim().to_owned()))
            }
            "narration" => {
                map.take("narration").and_then(|run| self.run(&run)).map(Content::Narration)
            }
            _ => {
                self.no_such_kind(field, &kind);
                return None;
            }
        };
        map.finish();
        let content = content?;
        let audience = audience.unwrap_or_else(|| default_audience(&content));
        let content = match (explore, self.source) {
            (Some(explore), Some(source)) => {
                Explorer { cells: self, source, among }.read(&explore, field, &content)?
            }
            _ => content,
        };
        Some(Cell { audience, label, title, content })
    }

    fn no_such_kind(&self, field: &Field<'_>, kind: &(String, super::Place)) {
        let (kind, place) = (kind.0.as_str(), kind.1);
        let message = match kind {
            "question" => "a question can't stand inside a question".into(),
            "ask" => "an `ask` stands among the `parts` of a question".into(),
            _ => format!("a cell begins with its kind, and `{kind}` is none"),
        };
        let entries = field.entries().unwrap_or_default();
        let later = entries.iter().find(|(key, _)| KINDS.contains(&key.text.as_str()));
        let help = later.map(|(key, _)| format!("put `{}` first", key.text));
        let help =
            help.or_else(|| suggest(kind, KINDS).map(|meant| format!("did you mean `{meant}`?")));
        let help = help.unwrap_or_else(|| format!("the kinds are {}", KINDS.join(", ")));
        let mut problem =
            Problem::new(place, message).in_field(field.path()).with_width(kind.chars().count());
        if !KINDS.contains(&kind) {
            problem = problem.with_help(help);
        }
        field.report().push(problem);
    }

    fn question(&self, map: &mut Fields<'_>) -> Option<Question> {
        let title = map.required_text("question").map(|scalar| scalar.text.trim().to_owned());
        let home = map.take("setup").and_then(|field| {
            let name = &field.text()?.text;
            self.paths.setup_named(name).map_err(|error| refuse(&field, error)).ok()
        });
        let inner = Self { paths: Paths { home: home.or(self.paths.home), ..self.paths }, ..*self };
        let text = map.take("text").and_then(|text| Text::read(&text));
        let parts = map.take("parts");
        let asked = parts.is_none();
        let mut list = match &parts {
            Some(field) => {
                let items = field.items()?;
                let cells: Vec<_> =
                    items.iter().map(|item| inner.cell(item, Among::Parts)).collect();
                cells.into_iter().collect::<Option<Vec<_>>>()?
            }
            None => Vec::new(),
        };
        if asked {
            let ask = inner.ask(map, None)?;
            let content = Content::Ask(Box::new(ask));
            list.push(Cell { audience: Audience::Both, label: None, title: None, content });
        }
        Some(Question { title: title?, setup: home, text, parts: list })
    }

    fn ask(&self, map: &mut Fields<'_>, text: Option<Text>) -> Option<Ask> {
        let solution = map.take("solution").and_then(|text| Text::read(&text));
        let given = map.take("given").and_then(|given| self.given(&given, None));
        let listed = map.take("answers");
        let items = listed.as_ref().and_then(Field::items).unwrap_or_default();
        let read: Vec<_> = items.iter().map(|item| self.answer(item)).collect();
        let read = read.into_iter().collect::<Option<Vec<_>>>();
        let (answers, steps): (Option<Vec<_>>, Vec<_>) = match read {
            Some(read) => {
                let (answers, steps) = read.into_iter().unzip();
                (Some(answers), steps)
            }
            None => (None, Vec::new()),
        };
        let mistakes = map.take("mistakes").map(|field| {
            let mistakes = Mistakes { setups: self.paths.setups, text: self.written };
            mistakes.read(&field, answers.as_deref())
        });
        let whole = map.take("marks");
        let marks = match &whole {
            Some(field) => field.number().and_then(|scalar| {
                if scalar.text.starts_with('-') {
                    return field.expected("a number of marks from 0");
                }
                Some(scalar.text.clone())
            }),
            None => None,
        };
        steps::check(&steps, listed.as_ref(), whole.as_ref());
        let space = map.take("space").and_then(|field| length(&field));
        Some(Ask {
            text,
            given,
            solution,
            answers: answers?,
            steps,
            mistakes: mistakes.unwrap_or_else(|| Some(Vec::new()))?,
            marks,
            space,
        })
    }

    /// `sgd.t1.w`, or `sgd.t1.w: 2` with the answer's own marks.
    fn answer(&self, item: &Field<'_>) -> Option<(Path, Option<String>)> {
        let path = |text: &str| self.paths.path(text).map_err(|error| refuse(item, error)).ok();
        if !item.node().is_map() {
            return Some((path(&item.text()?.text)?, None));
        }
        match item.entries()?.as_slice() {
            [(key, marks)] => {
                let marks = steps::positive(marks)?;
                Some((path(&key.text)?, Some(marks)))
            }
            _ => item.expected("a path, or a path with its marks as in `sgd.t1.w: 2`"),
        }
    }

    /// `given: [forward, gradient]` with `at:` beside it, or `{show: …, at: …}`.
    fn given(&self, field: &Field<'_>, outer: Option<&mut Fields<'_>>) -> Option<Given> {
        if !field.node().is_map() {
            let at = match outer {
                Some(map) => map.required("at"),
                None => {
                    let problem = field.problem("which iteration is given?");
                    field.report().push(problem.with_help("write `{show: […], at: sgd.t1}`"));
                    None
                }
            };
            let show = hints(field);
            return Some(Given { show, at: self.moment(&at?)? });
        }
        let mut map = field.fields(&GIVEN)?;
        let show = map.required("show").map(|list| hints(&list));
        let at = map.required("at");
        map.finish();
        Some(Given { show: show?, at: self.moment(&at?)? })
    }

    fn table(&self, map: &mut Fields<'_>) -> Option<Content> {
        let _: Option<()> = map.choice("table", &[("iterations", ())]);
        let of = map.required("of").and_then(|list| self.runs(&list))?;
        Some(Content::Table { of })
    }

    fn derivation(&self, map: &mut Fields<'_>) -> Option<Content> {
        let kinds = [
            ("gradients", Derived::Gradients),
            ("adjoints", Derived::Adjoints),
            ("nodes", Derived::Nodes),
        ];
        let kind = map.choice("derivation", &kinds);
        let setup = map.required("of").and_then(|field| {
            let setup = self.setup_named(&field)?;
            let loss = self.paths.setups[setup].definition("loss");
            if kind == Some(Derived::Gradients) && loss.is_none() {
                field.refuse("this set-up has no `loss` to differentiate");
            }
            Some(setup)
        });
        let at = map.take("at");
        let inner = Self { paths: Paths { home: setup, ..self.paths }, ..*self };
        let at = match at {
            Some(field) => Some(inner.moment(&field)?),
            None => None,
        };
        let setup = setup?;
        Some(match kind? {
            Derived::Gradients => Content::Gradients { setup, at },
            Derived::Adjoints => Content::Adjoints { setup, at },
            Derived::Nodes => Content::Nodes(setup),
        })
    }

    fn graph(&self, map: &mut Fields<'_>) -> Option<Content> {
        let setup = map.take("graph").and_then(|field| self.setup_named(&field));
        let backward = map.truth("backward").unwrap_or(false);
        let backward = if backward { Backward::Shown } else { Backward::Hidden };
        Some(Content::Graph { setup: setup?, backward })
    }

    fn setup_named(&self, field: &Field<'_>) -> Option<usize> {
        let setup = self.paths.setup_named(&field.text()?.text);
        setup.map_err(|error| refuse(field, error)).ok()
    }

    pub(super) fn runs(&self, field: &Field<'_>) -> Option<Vec<RunId>> {
        let items = field.items()?;
        if items.is_empty() {
            field.refuse("the list of runs is empty");
            return None;
        }
        let runs: Vec<_> = items.iter().map(|item| self.run(item)).collect();
        runs.into_iter().collect()
    }

    pub(super) fn experiment(&self, field: &Field<'_>) -> Option<ExperimentId> {
        self.paths.experiment(&field.text()?.text).map_err(|error| refuse(field, error)).ok()
    }

    pub(super) fn setups(&self) -> &'a [Setup] {
        self.paths.setups
    }

    /// The set-up that paths may leave out: the question's, or the only one.
    pub(super) fn home(&self) -> Option<usize> {
        let only = (self.paths.setups.len() == 1).then_some(0);
        self.paths.home.or(only)
    }

    pub(super) fn run(&self, field: &Field<'_>) -> Option<RunId> {
        self.paths.run(&field.text()?.text).map_err(|error| refuse(field, error)).ok()
    }

    fn moment(&self, field: &Field<'_>) -> Option<Moment> {
        let moment = self.paths.moment(&field.text()?.text);
        let (run, t) = moment.map_err(|error| refuse(field, error)).ok()?;
        Some(Moment { run, t })
    }
}

/// What a derivation derives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Derived {
    Gradients,
    Adjoints,
    Nodes,
}

/// Where a cell stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Among {
    Cells,
    Parts,
}

fn refuse(field: &Field<'_>, error: PathError) {
    let problem = Problem::new(field.node().place_of(error.offset), error.message)
        .in_field(field.path())
        .with_width(error.width);
    field.report().push(match error.help {
        Some(help) => problem.with_help(help),
        None => problem,
    });
}

/// Results stand on the solutions unless the author says otherwise.
fn default_audience(content: &Content) -> Audience {
    match content {
        Content::Plot { .. }
        | Content::Table { .. }
        | Content::Experiment(_)
        | Content::ExperimentPlot { .. }
        | Content::Narration(_)
        | Content::Code { .. } => Audience::Solutions,
        Content::Markdown(_)
        | Content::Callout { .. }
        | Content::Rules(_)
        | Content::Question(_)
        | Content::Ask(_)
        | Content::Given(_)
        | Content::Gradients { .. }
        | Content::Page(_)
        | Content::Activations(_)
        | Content::Nodes(_)
        | Content::Adjoints { .. }
        | Content::Frames(_)
        | Content::Graph { .. } => Audience::Both,
    }
}

fn callout(map: &mut Fields<'_>) -> Option<Content> {
    let kinds = [
        ("note", Callout::Note),
        ("tip", Callout::Tip),
        ("important", Callout::Important),
        ("warning", Callout::Warning),
        ("caution", Callout::Caution),
    ];
    let kind = map.choice("callout", &kinds);
    let text = map.required("text").and_then(|text| Text::read(&text));
    Some(Content::Callout { kind: kind?, text: text? })
}

fn hints(field: &Field<'_>) -> Vec<Hint> {
    let kinds = [
        ("state", Hint::State),
        ("parameters", Hint::Parameters),
        ("forward", Hint::Forward),
        ("gradient", Hint::Gradient),
    ];
    field.items().unwrap_or_default().iter().filter_map(|item| item.choice(&kinds)).collect()
}

/// A length such as `5cm`, at most a page.
fn length(field: &Field<'_>) -> Option<String> {
    let text: String = field.text()?.text.split_whitespace().collect();
    let units = [("cm", 25), ("mm", 250), ("in", 10)];
    let valid = units.iter().any(|(unit, most)| {
        let digits = text.strip_suffix(unit).and_then(|digits| digits.parse::<u32>().ok());
        digits.is_some_and(|size| (1..=*most).contains(&size))
    });
    if !valid {
        return field.expected("a length of at most a page, such as `5cm`, `50mm` or `2in`");
    }
    Some(text)
}
