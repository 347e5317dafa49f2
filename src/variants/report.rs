//! The report on the variants: how equally hard they are, and which answers they share.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::figure::{self, Axis, Bars, Bin, Layer, Plot, Scale, Theme};
use crate::publish::{Page, Places};
use crate::render::{self, Files, RenderError};
use crate::scenario::{Fairness, Feature};
use crate::sheet::{Templates, Words, plain};

use super::about::About;
use super::census::{Census, Group, NAMED};
use super::key::KeyRow;
use super::manifest::Entry;

/// The most groups of variants that are listed for a part.
const GROUPS: usize = 5;
/// The most bars of a figure.
const BARS: u64 = 24;

/// A report that grows with every variant.
#[derive(Debug)]
pub struct Report {
    about: About,
    census: Census,
}

/// What `report.md` sees.
#[derive(Debug, Serialize)]
struct View {
    title: String,
    byline: String,
    equal: String,
    difficulty: Vec<[String; 5]>,
    figures: Vec<FigureView>,
    outliers: Vec<String>,
    parts: Vec<[String; 3]>,
    groups: Vec<String>,
    answers: Vec<[String; 4]>,
    fixed: Vec<String>,
}

#[derive(Debug, Serialize)]
struct FigureView {
    file: String,
    title: String,
    description: String,
}

impl Report {
    /// A report on no variants yet.
    pub fn new(about: About) -> Self {
        Self { about, census: Census::default() }
    }

    /// Takes a variant into account.
    pub fn add(&mut self, entry: &Entry, rows: &[KeyRow]) {
        self.census.add(entry, rows);
    }

    /// The report as Markdown with its figures, and as a page.
    ///
    /// # Errors
    ///
    /// What is wrong with a template.
    pub fn files(&self, templates: &Templates) -> Result<Files, RenderError> {
        let phrases = templates.words_or_english(&self.about.language);
        let teller = Teller { about: &self.about, census: &self.census, phrases: &phrases };
        let (figures, drawings) = teller.figures();
        let view = teller.view(figures);
        let mut context = tera::Context::new();
        context.insert("report", &view);
        phrases.insert_into(&mut context);
        let markdown = templates.render("report.md", &context)?;
        let markdown = crate::sheet::tidy(&markdown);
        let words = render::page_words(&phrases);
        let page = Page {
            title: &phrases.say("report_title", &[("title", self.about.title.clone())]),
            language: &self.about.language,
            description: "",
            markdown: &markdown,
            figures: &drawings,
            data: &BTreeMap::new(),
            places: &Places::default(),
            pictures: &BTreeMap::new(),
            folded: None,
            words: &words,
        };
        let html = render::html(&page, templates)?;
        let mut files = Files::new();
        files.insert("report.html".into(), html.into_bytes());
        files.insert("report.md".into(), markdown.into_bytes());
        let drawing = |(name, svg): (String, String)| (format!("figures/{name}"), svg.into_bytes());
        files.extend(drawings.into_iter().map(drawing));
        Ok(files)
    }
}

struct Teller<'a> {
    about: &'a About,
    census: &'a Census,
    phrases: &'a Words,
}

impl Teller<'_> {
    fn view(&self, figures: Vec<FigureView>) -> View {
        let (same, kinds) = self.census.alike(&self.about.default);
        let equal =
            [("same", same.to_string()), ("count", self.count()), ("kinds", kinds.to_string())];
        View {
            title: self.say("report_title", &[("title", self.about.title.clone())]),
            byline: [self.say("report_count", &[("count", self.count())]), self.fairness()]
                .join(" · "),
            equal: self.say("report_equal", &equal),
            difficulty: Feature::ALL
                .iter()
                .map(|(word, feature)| self.row(word, *feature))
                .collect(),
            figures,
            outliers: Feature::ALL
                .iter()
                .flat_map(|(word, feature)| self.outliers(word, *feature))
                .collect(),
            parts: self.parts(),
            groups: self.groups(),
            answers: self.answers(),
            fixed: self.fixed(),
        }
    }

    fn say(&self, key: &str, blanks: &[(&'static str, String)]) -> String {
        self.phrases.say(key, blanks)
    }

    fn count(&self) -> String {
        self.census.variants.to_string()
    }

    fn feature(&self, word: &str) -> String {
        self.phrases.word(&format!("feature_{word}"))
    }

    fn fairness(&self) -> String {
        match &self.about.fairness {
            Fairness::Reported => self.phrases.word("fair_reported"),
            Fairness::Strict => self.phrases.word("fair_strict"),
            Fairness::Within(bounds) => {
                let word = |feature: &Feature| {
                    let known = Feature::ALL.iter().find(|(_, known)| known == feature);
                    known.map_or_else(String::new, |(word, _)| self.feature(word))
                };
                let bounds: Vec<String> = bounds
                    .iter()
                    .map(|(feature, bound)| format!("{} ± {bound}", word(feature)))
                    .collect();
                self.say("fair_within", &[("bounds", bounds.join(", "))])
            }
        }
    }

    /// One feature: the default paper, the least, the median, the most.
    fn row(&self, word: &str, feature: Feature) -> [String; 5] {
        let mut values = self.census.of(feature).map(|(value, _)| value);
        let least = values.next().unwrap_or_default();
        let most = values.last().unwrap_or(least);
        let median = self.census.quantile(feature, 2);
        let half = if median % 2 == 1 { ".5" } else { "" };
        let median = self.phrases.number(&format!("{}{half}", median / 2));
        let default = self.about.default.count(feature);
        [self.feature(word), default.to_string(), least.to_string(), median, most.to_string()]
    }

    /// A histogram of every feature in which variants differ.
    fn figures(&self) -> (Vec<FigureView>, BTreeMap<String, String>) {
        let mut views = Vec::new();
        let mut drawings = BTreeMap::new();
        for (word, feature) in Feature::ALL {
            let counts: Vec<(u64, u64)> =
                self.census.of(feature).map(|(value, group)| (value, group.count)).collect();
            let (Some((least, _)), Some((most, _))) = (counts.first(), counts.last()) else {
                continue;
            };
            if least == most {
                continue;
            }
            let width = (most - least) / BARS + 1;
            let mut bars: BTreeMap<u64, u64> = BTreeMap::new();
            for (value, count) in &counts {
                *bars.entry((value - least) / width).or_default() += count;
            }
            let bar = |(index, count): (u64, u64)| {
                let from = least + index * width;
                (from, from + width - 1, count)
            };
            let bars: Vec<(u64, u64, u64)> = bars.into_iter().map(bar).collect();
            let plot = self.plot(word, &bars);
            let name = format!("difficulty-{word}");
            drawings.insert(format!("{name}.svg"), figure::draw(&plot, &name, Theme::Adaptive));
            let file = format!("{name}.svg");
            views.push(FigureView { file, title: plot.title, description: plot.description });
        }
        (views, drawings)
    }

    fn plot(&self, word: &str, bars: &[(u64, u64, u64)]) -> Plot {
        let name = self.feature(word);
        let told: Vec<String> = bars
            .iter()
            .map(|(from, to, count)| match from == to {
                true => format!("{from}: {count}"),
                false => format!("{from}–{to}: {count}"),
            })
            .collect();
        let bin = |(from, to, count): &(u64, u64, u64)| Bin {
            from: coordinate(*from) - 0.5,
            to: coordinate(*to) + 0.5,
            height: coordinate(*count),
        };
        let bins = bars.iter().map(bin).collect();
        Plot {
            title: self.say("report_figure", &[("feature", name.clone())]),
            description: self.say("report_figure_lead", &[("list", told.join("; "))]),
            x: Axis::new(name, Scale::Whole),
            y: Axis::new(self.phrases.word("axis_variants"), Scale::Whole),
            mark: self.phrases.mark(),
            layers: vec![Layer::Bars(Bars { label: String::new(), bins })],
        }
    }

    fn outliers(&self, word: &str, feature: Feature) -> Vec<String> {
        let found = self.census.outliers(feature);
        let told = found.iter().map(|(value, group)| {
            let blanks = [
                ("feature", self.feature(word)),
                ("value", value.to_string()),
                ("variants", self.numbers(group)),
            ];
            self.say("report_outlier", &blanks)
        });
        told.collect()
    }

    /// `3, 7, 12`, or the first of many.
    fn numbers(&self, group: &Group) -> String {
        let list: Vec<String> = group.first.iter().map(u64::to_string).collect();
        let named = u64::try_from(NAMED).unwrap_or(u64::MAX);
        let list = list.join(", ");
        match group.count.checked_sub(named) {
            None | Some(0) => list,
            Some(more) => self.say("report_more", &[("list", list), ("more", more.to_string())]),
        }
    }

    fn of_all(&self, count: u64) -> String {
        self.say("report_of", &[("some", count.to_string()), ("count", self.count())])
    }

    /// Each part, how many different sets of answers it has, and how many variants have the
    /// most frequent one.
    fn parts(&self) -> Vec<[String; 3]> {
        let row = |part: &super::census::Part| {
            let most = part.shared().first().map_or(1, |group| group.count);
            [part.label.clone(), part.different().to_string(), self.of_all(most)]
        };
        self.census.parts.iter().map(row).collect()
    }

    fn groups(&self) -> Vec<String> {
        let mut told = Vec::new();
        for part in &self.census.parts {
            let groups = part.shared();
            for group in groups.iter().take(GROUPS) {
                let blanks = [("part", part.label.clone()), ("variants", self.numbers(group))];
                told.push(self.say("report_group", &blanks));
            }
            if let Some(more) = groups.len().checked_sub(GROUPS).filter(|more| *more > 0) {
                let blanks = [("part", part.label.clone()), ("more", more.to_string())];
                told.push(self.say("report_groups_more", &blanks));
            }
        }
        told
    }

    /// Each answer with how many different ones there are, and the one that most have.
    fn answers(&self) -> Vec<[String; 4]> {
        let mut rows = Vec::new();
        for part in &self.census.parts {
            for answer in &part.answers {
                let common = answer.commonest().map_or_else(String::new, |(text, count)| {
                    let blanks = [
                        ("value", self.phrases.number(text)),
                        ("some", count.to_string()),
                        ("count", self.count()),
                    ];
                    self.say("report_common", &blanks)
                });
                let path = plain(self.about.short(&answer.path));
                rows.push([part.label.clone(), path, answer.different().to_string(), common]);
            }
        }
        rows
    }

    /// The answers that at least half of the variants share.
    fn fixed(&self) -> Vec<String> {
        let mut told = Vec::new();
        for part in &self.census.parts {
            for answer in &part.answers {
                let Some((text, count)) = answer.commonest() else { continue };
                if 2 * count < self.census.variants {
                    continue;
                }
                let key = match count == self.census.variants {
                    true => "report_fixed_all",
                    false => "report_fixed",
                };
                let blanks = [
                    ("part", part.label.clone()),
                    ("path", plain(self.about.short(&answer.path))),
                    ("value", self.phrases.number(text)),
                    ("some", count.to_string()),
                    ("count", self.count()),
                ];
                told.push(self.say(key, &blanks));
            }
        }
        told
    }
}

/// A count as a coordinate of a figure.
#[allow(clippy::cast_precision_loss, reason = "a figure does not show the last of 16 digits")]
fn coordinate(count: u64) -> f64 {
    count as f64
}
