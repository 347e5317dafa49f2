//! The cell `experiment`: what was drawn, what was measured, and what theory says.

use crate::number::{Fault, Real};
use crate::scenario::{Experiment, Initial, Parameter, Quantity, Setup};
use crate::trace::{self, Figure, Holds};

use super::estimate;
use super::initializers::{self, sizes};
use super::names::measure_title;
use super::prose::Prose;
use super::show::Numbers;
use super::view::{CellView, TableView};

/// The most layers, or parameters, that a table lists; of more, some are picked.
const MAX_LISTED: usize = 6;

/// What is shown of one experiment.
pub(super) struct Report<'a> {
    pub(super) setup: &'a Setup,
    pub(super) experiment: &'a Experiment,
    pub(super) found: &'a trace::Experiment,
    pub(super) prose: &'a Prose,
}

impl Report<'_> {
    /// The cell.
    pub(super) fn view(&self, numbers: &Numbers<'_>) -> Result<CellView, Fault> {
        let name = self.experiment.name.replace('_', " ");
        let layered = self.found.cases.iter().any(|case| case.layers.len() > 1);
        let measures = 0..self.experiment.measures.len();
        let tables = if layered {
            measures.map(|measure| self.long(measure)).collect::<Result<_, _>>()?
        } else {
            // Units, activations and gradients in a table each, which a page is wide enough for.
            let family = |measure: &usize| match self.experiment.measures[*measure].quantity {
                Quantity::ActiveFraction | Quantity::DeadUnits => 0,
                Quantity::ActivationMean
                | Quantity::ActivationStd
                | Quantity::ActivationMeanSquare => 1,
                Quantity::GradientMean
                | Quantity::GradientStd
                | Quantity::GradientMeanSquare
                | Quantity::GradientNorm => 2,
            };
            let own = |group: usize| -> Vec<usize> {
                measures.clone().filter(|measure| family(measure) == group).collect()
            };
            let groups = (0..3).map(own).filter(|group| !group.is_empty());
            groups.map(|group| self.wide(&group)).collect::<Result<_, _>>()?
        };
        Ok(CellView::Experiment {
            title: self.prose.say("experiment_title", &[("name", name)]),
            lead: self.lead(),
            distributions: self.distributions(numbers)?,
            tables,
            notes: self.notes(numbers)?,
        })
    }

    fn lead(&self) -> String {
        let examples: Vec<usize> = self.found.cases.iter().map(|case| case.examples).collect();
        let count = examples.first().copied().unwrap_or(1);
        let blanks = [
            ("trials", grouped(usize::try_from(self.found.trials).unwrap_or(usize::MAX))),
            ("examples", grouped(count)),
            ("sizes", format!("${}$", sizes(self.setup).join(r",\; "))),
        ];
        let one = if count == 1 { "_one" } else { "" };
        let data = if self.setup.generated.is_some() { "_generated" } else { "" };
        let mut text = self.prose.say(&format!("experiment_lead{data}{one}"), &blanks);
        if !sizes(self.setup).is_empty() && !self.varies_a_size() {
            text = format!("{text} {}", self.prose.say("experiment_sizes", &blanks));
        }
        text
    }

    /// What the parameters are drawn from, over all cases; of those that vary, the random ones.
    fn distributions(&self, numbers: &Numbers<'_>) -> Result<Vec<String>, Fault> {
        let mut list: Vec<String> = Vec::new();
        for case in &self.experiment.cases {
            let varies = |parameter: &str| {
                let mut values = self.experiment.cases.iter();
                let first = case.setup.parameter(parameter).map(|own| &own.initial);
                values.any(|other| {
                    let other = other.setup.parameter(parameter).map(|own| &own.initial);
                    !initializers::alike(first, other)
                })
            };
            let shown = |parameter: &Parameter| match &parameter.initial {
                Initial::Drawn { scheme, .. } => scheme.is_random() || !varies(&parameter.name),
                Initial::Exact(_) | Initial::Filled { .. } => false,
            };
            let all = initializers::distributions_of(&case.setup, &shown, self.prose, numbers)?;
            list.extend(all.into_iter().filter(|one| !list.contains(one)).collect::<Vec<_>>());
        }
        Ok(list)
    }

    fn varies_a_size(&self) -> bool {
        self.experiment.axes.iter().any(|axis| {
            axis.option.is_none()
                && !self.setup.is_parameter(&axis.name)
                && !axis.name.contains('{')
        })
    }

    /// A row for each case, a column for each figure.
    fn wide(&self, measures: &[usize]) -> Result<TableView, Fault> {
        let Some(first) = self.found.cases.first() else { return Ok(TableView::default()) };
        let columns: Vec<(&Figure, bool)> = measures
            .iter()
            .flat_map(|index| self.of_measure(first, *index))
            .map(|figure| {
                let position = first.figures.iter().position(|other| std::ptr::eq(other, figure));
                let theory = self.found.cases.iter().any(|case| {
                    position.and_then(|at| case.figures.get(at)).is_some_and(|f| f.theory.is_some())
                });
                (figure, theory)
            })
            .collect();
        let mut head = self.axis_heads();
        for (figure, theory) in &columns {
            head.push(measure_title(self.setup, self.prose, figure));
            if *theory {
                head.push(self.prose.word("experiment_theory"));
            }
        }
        let mut rows = Vec::new();
        for case in &self.found.cases {
            let mut row = self.axis_cells(case);
            for (column, theory) in &columns {
                let figure = case
                    .figures
                    .iter()
                    .find(|other| other.measure == column.measure && other.of == column.of);
                row.push(match figure {
                    Some(figure) => math(&estimate::figure(figure, self.prose)?),
                    None => String::new(),
                });
                if *theory {
                    row.push(self.theory(figure)?);
                }
            }
            rows.push(row);
        }
        Ok(TableView { head, rows })
    }

    /// A row for each case and layer (or parameter), of one measure.
    fn long(&self, measure: usize) -> Result<TableView, Fault> {
        let quantity = self.experiment.measures[measure].quantity;
        let any = |test: &dyn Fn(&Figure) -> bool| {
            let mut figures =
                self.found.cases.iter().flat_map(|case| self.of_measure(case, measure));
            figures.any(test)
        };
        let theory = any(&|figure| figure.theory.is_some());
        let typical = any(&|figure| figure.theory_logarithm.is_some());
        let norms = quantity == Quantity::GradientNorm;
        let mut head = self.axis_heads();
        head.push(self.prose.word(if norms { "experiment_parameter" } else { "experiment_layer" }));
        head.push(self.prose.word(&format!("measure_{}", quantity.name())));
        if theory {
            head.push(self.prose.word("experiment_theory"));
        }
        if typical {
            head.push(self.prose.word("experiment_typical"));
            head.push(self.prose.word("experiment_typical_theory"));
        }
        let mut rows = Vec::new();
        for case in &self.found.cases {
            let figures = picked(&self.of_measure(case, measure));
            for (position, figure) in figures.into_iter().enumerate() {
                let mut row = self.axis_cells(case);
                if position > 0 {
                    row.iter_mut().for_each(String::clear);
                }
                row.push(math(&self.setup.notation.latex(&figure.of)));
                row.push(math(&estimate::figure(figure, self.prose)?));
                if theory {
                    row.push(self.theory(Some(figure))?);
                }
                if typical {
                    row.extend(self.typical(figure)?);
                }
                rows.push(row);
            }
        }
        Ok(TableView { head, rows })
    }

    /// The exponential of the mean logarithm with its spread, and what theory says.
    fn typical(&self, figure: &Figure) -> Result<[String; 2], Fault> {
        let measured = match figure.logarithm {
            Some(found) => {
                let at = |shift: f64| libm::exp(found.mean + shift * found.std);
                math(&estimate::with_range(at(0.0), (at(-1.0), at(1.0)), self.prose)?)
            }
            None => String::new(),
        };
        let theory = match figure.theory_logarithm {
            Some(logarithm) => math(&estimate::plain(libm::exp(logarithm), 3, self.prose)?),
            None => String::new(),
        };
        Ok([measured, theory])
    }

    fn theory(&self, figure: Option<&Figure>) -> Result<String, Fault> {
        match figure.and_then(|figure| figure.theory.as_ref()) {
            Some(theory) => Ok(math(&estimate::theory(theory, self.prose)?)),
            None => Ok(String::new()),
        }
    }

    /// The figures of one measure in a case.
    fn of_measure<'c>(&self, case: &'c trace::Case, index: usize) -> Vec<&'c Figure> {
        of_measure(self.experiment, case, index)
    }

    fn axis_heads(&self) -> Vec<String> {
        self.experiment.axes.iter().map(|axis| self.axis_title(axis)).collect()
    }

    fn axis_title(&self, axis: &crate::scenario::Axis) -> String {
        // A family's name `W_{l}` is LaTeX as it stands.
        let family = axis.name.contains('{');
        let name = if family { axis.name.clone() } else { self.setup.notation.latex(&axis.name) };
        match &axis.option {
            Some(option) => {
                let blanks = [("name", math(&name)), ("option", option_name(option, self.prose))];
                self.prose.say("experiment_option", &blanks)
            }
            None => math(&name),
        }
    }

    fn axis_cells(&self, case: &trace::Case) -> Vec<String> {
        case.values.iter().map(|value| self.label(value)).collect()
    }

    fn label(&self, text: &str) -> String {
        match estimate::written(text, self.prose) {
            Some(latex) => math(&latex),
            None => case_name(text, self.prose),
        }
    }

    fn notes(&self, numbers: &Numbers<'_>) -> Result<Vec<String>, Fault> {
        let mut notes = vec![self.prose.word("experiment_estimates")];
        let figures = || self.found.cases.iter().flat_map(|case| &case.figures);
        let positive = figures().find(|figure| {
            figure.measure == Quantity::ActiveFraction.name() && figure.theory.is_some()
        });
        if positive.is_some() {
            notes.extend(self.positive_note(numbers)?);
        }
        let wide = figures()
            .any(|figure| figure.theory.is_some_and(|theory| theory.holds == Holds::WideLayers));
        if wide {
            notes.push(self.prose.word("experiment_wide"));
        }
        let layered = self.found.cases.iter().any(|case| case.layers.len() > 1);
        if layered && figures().any(|figure| figure.theory_logarithm.is_some()) {
            notes.push(self.prose.word("experiment_logarithm"));
        }
        Ok(notes)
    }

    /// `P(z > 0) = Φ(b/σ)` for the weights at hand, with σ for an example of ordinary norm.
    fn positive_note(&self, numbers: &Numbers<'_>) -> Result<Option<String>, Fault> {
        let Some(first) = self.setup.parameters.iter().find_map(|parameter| {
            let shape = self.setup.shapes.get(&parameter.name)?;
            let (rows, columns) = shape.counts()?;
            let drawn = match &parameter.initial {
                crate::scenario::Initial::Drawn { scheme, .. } => scheme,
                _ => return None,
            };
            let size = crate::initialization::scheme::Shape::new(rows, columns);
            let variance = drawn.distribution(size).exact_variance?;
            Some((parameter, rows, variance, shape))
        }) else {
            return Ok(None);
        };
        let (parameter, rows, variance, shape) = first;
        // Where the weights themselves vary, there is no one σ to tell.
        if self.experiment.axes.iter().any(|axis| axis.name == parameter.name) {
            return Ok(None);
        }
        let crate::formula::shape::Shape::Matrix(size, _) = shape else { return Ok(None) };
        let variance = crate::number::Rational::from(variance.numerator())
            / crate::number::Rational::from(variance.denominator());
        let square = variance * crate::number::Rational::from(rows);
        let Ok(sigma) = Real::from(square).sqrt() else { return Ok(None) };
        let shown = numbers.computed(&sigma)?;
        let relation = if shown.exact { "=" } else { r"\approx" };
        let size = match &size.name {
            Some(name) => self.setup.notation.latex(name),
            None => rows.to_string(),
        };
        let blanks = [
            ("weights", self.setup.notation.latex(&parameter.name)),
            ("size", size),
            ("sigma", format!("{relation} {}", shown.latex())),
        ];
        Ok(Some(self.prose.say("experiment_positive", &blanks)))
    }
}

/// The figures of one measure in a case.
pub(super) fn of_measure<'c>(
    experiment: &Experiment,
    case: &'c trace::Case,
    index: usize,
) -> Vec<&'c Figure> {
    let measure = &experiment.measures[index];
    let own = |figure: &&Figure| {
        figure.measure == measure.quantity.name()
            && measure.of.as_ref().is_none_or(|of| *of == figure.of)
    };
    case.figures.iter().filter(own).collect()
}

/// What an option of an initializer is called.
pub(super) fn option_name(option: &str, prose: &Prose) -> String {
    let word = prose.optional_word(&format!("option_{option}"));
    if word.is_empty() { option.replace('_', " ") } else { word }
}

/// A case's value in words: a kind of initializer by its name.
pub(super) fn case_name(text: &str, prose: &Prose) -> String {
    let (kind, rest) = text.split_once(' ').unwrap_or((text, ""));
    let word = prose.optional_word(&format!("initializer_{kind}"));
    match (word.is_empty(), rest.is_empty()) {
        (true, _) => text.to_owned(),
        (false, true) => word,
        (false, false) => format!("{word} {rest}"),
    }
}

/// The first, the last, and some between.
fn picked<'f>(figures: &[&'f Figure]) -> Vec<&'f Figure> {
    if figures.len() <= MAX_LISTED {
        return figures.to_vec();
    }
    let last = figures.len() - 1;
    let place = |k: usize| (k * last + (MAX_LISTED - 1) / 2) / (MAX_LISTED - 1);
    (0..MAX_LISTED).map(|k| figures[place(k)]).collect()
}

fn math(latex: &str) -> String {
    format!("${latex}$")
}

/// A count in groups of three digits.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}
