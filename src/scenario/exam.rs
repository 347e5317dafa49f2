//! A scenario with variables: many papers from one text.

use std::path::{Path, PathBuf};

use super::definition::{Cell, Scenario};
use super::read::{self, Extent};
use super::requirement::Requirement;
use super::schema::{FAIR, SCENARIO, WITHIN};
use super::variables::{self, Assignment, Variable};
use super::yaml::{self, Node};
use super::{Field, Problem, Problems, Report};

/// A scenario before its variables have values.
#[derive(Debug, Clone)]
pub struct Exam {
    file: PathBuf,
    text: String,
    top: Node,
    /// What varies between the variants, in order.
    pub variables: Vec<Variable>,
    /// What holds in each of them.
    pub requirements: Vec<Requirement>,
    /// How equally hard they are.
    pub fairness: Fairness,
}

/// How near to the default paper's difficulty the variants are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Fairness {
    /// Difficulty is reported, not bounded.
    #[default]
    Reported,
    /// Equal in every feature.
    Strict,
    /// Within so much of it in some features.
    Within(Vec<(Feature, u64)>),
}

/// What makes a paper hard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// Iterations to carry out.
    Iterations,
    /// The digits of the longest number that is carried.
    Digits,
    /// Negative numbers among the values.
    Negatives,
    /// Divisions.
    Divisions,
    /// Square roots that don't come out even.
    Roots,
    /// Pre-activations that are exactly on a kink.
    Kinks,
    /// Units that are off for an example.
    Dead,
}

impl Feature {
    /// Every feature with its word in a scenario.
    pub const ALL: [(&'static str, Self); 7] = [
        ("iterations", Self::Iterations),
        ("digits", Self::Digits),
        ("negatives", Self::Negatives),
        ("divisions", Self::Divisions),
        ("roots", Self::Roots),
        ("kinks", Self::Kinks),
        ("dead", Self::Dead),
    ];
}

impl Exam {
    /// Reads an exam, and the scenario in which its variables have their defaults.
    ///
    /// # Errors
    ///
    /// Every problem of the text, placed and in order.
    pub fn read(file: &Path, text: &str) -> Result<(Self, Scenario), Problems> {
        let name = file.display().to_string();
        let fail = |list: Vec<Problem>| Problems::new(name.clone(), text, list);
        let top = yaml::read(text).map_err(fail)?;
        let report = Report::new();
        let (variables, fairness, default) = head(&Field::new(&top, "", &report));
        let problems = report.into_problems();
        let (Some(variables), Some(default)) = (variables, default) else {
            let alone = without_variables(&top, file);
            return Err(fail(problems.into_iter().chain(alone).collect()));
        };
        let report = Report::with_variables(default);
        let read = read::scenario(&Field::new(&top, "", &report), file, Extent::Whole);
        let problems: Vec<Problem> = problems.into_iter().chain(report.into_problems()).collect();
        match read {
            Some((scenario, requirements)) if problems.is_empty() => {
                let (file, text) = (file.to_owned(), text.to_owned());
                Ok((Self { file, text, top, variables, requirements, fairness }, scenario))
            }
            _ => Err(fail(problems)),
        }
    }

    /// The scenario under an assignment.
    ///
    /// # Errors
    ///
    /// What is wrong with these values: a rate below zero, an initial value of another shape.
    pub fn scenario(&self, assignment: &Assignment) -> Result<Scenario, Problems> {
        self.under(assignment, Extent::Paper)
    }

    /// The same without its cells: as much as is executed.
    ///
    /// # Errors
    ///
    /// As for [`Exam::scenario`].
    pub fn setups(&self, assignment: &Assignment) -> Result<Scenario, Problems> {
        self.under(assignment, Extent::Setups)
    }

    /// The cells of a scenario of which all else was read.
    ///
    /// # Errors
    ///
    /// What is wrong with them for the values of its variables.
    pub fn cells(&self, scenario: &Scenario) -> Result<Option<Vec<Cell>>, Problems> {
        let report = Report::with_variables(scenario.variables.clone());
        self.read_by(report, |top| read::cells(top, scenario))
    }

    /// The scenario as it was written.
    pub fn top(&self) -> &Node {
        &self.top
    }

    /// The scenario's text.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn under(&self, assignment: &Assignment, extent: Extent) -> Result<Scenario, Problems> {
        let report = Report::with_variables(assignment.clone());
        self.read_by(report, |top| Some(read::scenario(top, &self.file, extent)?.0))
    }

    /// What a reader makes of the text, if it finds no problem.
    fn read_by<T>(
        &self,
        report: Report,
        read: impl FnOnce(&Field<'_>) -> Option<T>,
    ) -> Result<T, Problems> {
        let read = read(&Field::new(&self.top, "", &report));
        let problems = report.into_problems();
        match read {
            Some(read) if problems.is_empty() => Ok(read),
            _ => {
                let name = self.file.display().to_string();
                Err(Problems::new(name, self.text.as_str(), problems))
            }
        }
    }
}

/// What is wrong whatever the variables are, which could not be read.
fn without_variables(top: &Node, file: &Path) -> Vec<Problem> {
    let quiet = Report::new();
    let field = Field::new(top, "", &quiet);
    let names = field
        .fields(&super::schema::SCENARIO)
        .and_then(|mut map| map.entries("variables"))
        .unwrap_or_default();
    let names = names.iter().map(|(key, _)| key.text.clone()).collect();
    let aside = Report::with_variables(Assignment::of_ones(names));
    let _ = read::scenario(&Field::new(top, "", &aside), file, Extent::Whole);
    aside.into_problems().into_iter().filter(Problem::stands_alone).collect()
}

/// The keys that all else may depend on.
fn head(top: &Field<'_>) -> (Option<Vec<Variable>>, Fairness, Option<Assignment>) {
    let Some(mut map) = top.fields(&SCENARIO) else { return (None, Fairness::Reported, None) };
    let fairness = map.take("fair").map(|field| fairness(&field)).unwrap_or_default();
    let Some(field) = map.take("variables") else {
        return (Some(Vec::new()), fairness, Some(Assignment::default()));
    };
    let variables = variables::read(&field);
    let default = variables.as_deref().and_then(|list| variables::default_assignment(&field, list));
    (variables, fairness, default)
}

/// `strict`, or `{within: {digits: 1}}`.
fn fairness(field: &Field<'_>) -> Fairness {
    if !field.node().is_map() {
        let words = [("strict", Fairness::Strict), ("reported", Fairness::Reported)];
        return field.choice(&words).unwrap_or_default();
    }
    let Some(mut map) = field.fields(&FAIR) else { return Fairness::Reported };
    let mut bounds = Vec::new();
    if let Some(mut within) = map.required("within").and_then(|field| field.fields(&WITHIN)) {
        for (word, feature) in Feature::ALL {
            if let Some(bound) = within.unsigned_in(word, 0..=1_000_000) {
                bounds.push((feature, bound));
            }
        }
        within.finish();
    }
    map.finish();
    Fairness::Within(bounds)
}
