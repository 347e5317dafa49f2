//! A checked scenario: every name resolved, every number exact, every default in place.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::catalogue::{self, Form, Optimizer, Options, Quantity as Scheduled, Rule, Schedule};
use crate::formula::shape::Shape;
use crate::formula::{Expression, notation::Notation};
use crate::initialization::generator::Stream;
use crate::initialization::scheme::Scheme;
use crate::number::{Precision, Rational, Real, Rounding};
use crate::trace::{Named, Path, Tensor};

use super::Place;
use super::text::Text;
use super::variables::Assignment;

/// A scenario that passed every check.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The file it was read from.
    pub file: PathBuf,
    /// The file's name without its ending.
    pub stem: String,
    /// The title and what stands beside it.
    pub front: FrontMatter,
    /// From which all randomness is derived.
    pub seed: u64,
    /// What its variables stand for.
    pub variables: Assignment,
    /// Whose paper it is, where it is one of many.
    pub label: Option<Label>,
    /// The set-ups, in order.
    pub setups: Vec<Setup>,
    /// The cells; `None` asks for the default sheet.
    pub cells: Option<Vec<Cell>>,
}

/// What tells one paper from the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Its code.
    pub code: String,
    /// The student that it is for.
    pub student: Option<String>,
}

/// Title, authors and the like.
#[derive(Debug, Clone, Default)]
pub struct FrontMatter {
    /// The title.
    pub title: String,
    /// The subtitle.
    pub subtitle: Option<String>,
    /// The authors.
    pub authors: Vec<String>,
    /// The course.
    pub course: Option<String>,
    /// The date, as written.
    pub date: Option<String>,
    /// The language's code, `en` by default.
    pub language: String,
    /// Where the language is chosen.
    pub language_place: Option<Place>,
    /// The licence.
    pub license: Option<String>,
    /// Tags.
    pub tags: Vec<String>,
}

/// How numbers are displayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Display {
    /// How many digits.
    pub precision: Precision,
    /// What happens to ties.
    pub rounding: Rounding,
    /// Whether an iteration goes on from exact or from displayed numbers.
    pub carry: Carry,
    /// Whether the exact form is shown beside the decimal.
    pub exact_form: ExactForm,
}

/// From which numbers an iteration goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carry {
    /// From the exact ones.
    Exact,
    /// From the displayed ones.
    Displayed,
}

/// Whether 1 − √2/4 ≈ 0.65 is shown, or 0.65 alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExactForm {
    /// Decimals alone.
    Hidden,
    /// The exact form too, where there is one.
    Shown,
}

/// A model with data and optimizers.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Its name.
    pub name: String,
    /// The definitions of the model, in order.
    pub model: Vec<Definition>,
    /// Definitions that stand for their expression in printed formulas.
    pub inline: Vec<String>,
    /// The shape of every datum, parameter and definition.
    pub shapes: BTreeMap<String, Shape>,
    /// How names print.
    pub notation: Notation,
    /// The author's LaTeX in it, to be checked.
    pub notation_texts: Vec<Text>,
    /// Data, parameters and symbols in the order in which nodes are numbered: as in
    /// `shapes`, then the rest.
    pub leaves: Vec<String>,
    /// The parameters, in order.
    pub parameters: Vec<Parameter>,
    /// The names of the data, in the order of the first example.
    pub inputs: Vec<String>,
    /// The examples that runs use; each has a value for every input.
    pub data: Vec<Vec<Tensor>>,
    /// How the examples are made, where they are not listed.
    pub generated: Option<Generated>,
    /// What the free adjoint of a model without a loss is drawn from; ones if `None`.
    pub adjoint: Option<Scheme>,
    /// The examples of each iteration, counted from 1.
    pub batches: Vec<Vec<usize>>,
    /// How the losses of a batch combine.
    pub reduction: Reduction,
    /// The gradients of each iteration, where they are given instead of a model.
    pub gradients: Option<Vec<Named<Tensor>>>,
    /// The iteration already reached.
    pub start_iteration: usize,
    /// States to begin from, by state and parameter.
    pub initial_state: Named<Named<Tensor>>,
    /// One run for each optimizer.
    pub runs: Vec<Run>,
    /// The Monte-Carlo experiments.
    pub experiments: Vec<Experiment>,
    /// How the set-up's numbers are displayed outside its runs.
    pub display: Display,
}

/// How the losses of a batch combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduction {
    /// To their mean.
    Mean,
    /// To their sum.
    Sum,
}

/// A parameter with its initial value.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its initial value.
    pub initial: Initial,
    /// Whether it keeps this value.
    pub frozen: bool,
}

/// What a parameter starts from.
#[derive(Debug, Clone)]
pub enum Initial {
    /// These numbers.
    Exact(Tensor),
    /// One number in every entry.
    Filled {
        /// The number.
        value: Real,
        /// Rows and columns.
        counts: (usize, usize),
    },
    /// Numbers drawn from a distribution.
    Drawn {
        /// The distribution.
        scheme: Scheme,
        /// Rows and columns, of a number none; unknown where a size has no value.
        counts: Option<Option<(usize, usize)>>,
        /// Where a run's values are drawn from.
        stream: Box<Stream>,
    },
}

/// Examples that are made instead of listed.
#[derive(Debug, Clone)]
pub struct Generated {
    /// The names that get values, with rows and columns.
    pub names: Vec<(String, Option<(usize, usize)>)>,
    /// The number of examples.
    pub count: usize,
    /// How they are made.
    pub generator: Generator,
    /// Where they are drawn from.
    pub(super) stream: Stream,
}

/// A generator of examples; `noise` is a standard deviation.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the names are those of the scenario language")]
pub enum Generator {
    /// Every entry from N(0, 1).
    Gaussian,
    /// Every entry from U(low, high).
    Uniform { low: f64, high: f64 },
    /// A linear function of x with noise.
    Linear { noise: f64 },
    /// Two interleaved half circles.
    TwoMoons { noise: f64 },
    /// Two arms of a spiral.
    Spiral { noise: f64 },
}

/// A Monte-Carlo experiment over a set-up's initializers.
#[derive(Debug, Clone)]
pub struct Experiment {
    /// Its name in the set-up.
    pub name: String,
    /// What varies from case to case.
    pub axes: Vec<Axis>,
    /// Every combination of the axes' values.
    pub cases: Vec<Case>,
    /// How often each case is drawn.
    pub trials: u64,
    /// What is measured.
    pub measures: Vec<Measure>,
    /// Where everything is drawn from.
    pub stream: Stream,
}

/// One thing that varies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    /// The dimension or parameter.
    pub name: String,
    /// The option of its initializer.
    pub option: Option<String>,
    /// Its values as they were written.
    pub values: Vec<String>,
}

/// One combination of values.
#[derive(Debug, Clone)]
pub struct Case {
    /// The value of each axis, as it was written.
    pub values: Vec<String>,
    /// The set-up with these values.
    pub setup: Setup,
}

/// A figure that an experiment measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measure {
    /// Which figure.
    pub quantity: Quantity,
    /// Of which definition or parameter; of every layer, or parameter, if `None`.
    pub of: Option<String>,
}

/// What can be measured in one trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// The share of positive pre-activations, over units and examples.
    ActiveFraction,
    /// The share of units that are inactive on every example.
    DeadUnits,
    /// The mean of the activations over units and examples.
    ActivationMean,
    /// Their standard deviation.
    ActivationStd,
    /// The mean of their squares.
    ActivationMeanSquare,
    /// The mean of the activations' adjoints.
    GradientMean,
    /// Their standard deviation.
    GradientStd,
    /// The mean of their squares.
    GradientMeanSquare,
    /// The Euclidean norm of a parameter's gradient.
    GradientNorm,
}

/// One line of a model.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The name that is defined.
    pub name: String,
    /// Its expression.
    pub expression: Expression,
}

/// One optimizer with its options.
#[derive(Debug, Clone)]
pub struct Run {
    /// Its name in the set-up.
    pub name: String,
    /// Its kind.
    pub optimizer: &'static Optimizer,
    /// Its rule, where the scenario writes it.
    pub custom: Option<Rule>,
    /// Its options, defaults filled in; clipping and weight decay are among them.
    pub options: Options,
    /// The options of parameters that have other ones.
    pub overrides: Vec<(String, Options)>,
    /// The learning rate of each iteration, where it is listed.
    pub rates: Option<Vec<Rational>>,
    /// The schedule of the learning rate.
    pub schedule: Option<Schedule>,
    /// The options that the optimizer's convention sets.
    pub set_by_convention: Vec<String>,
    /// How its numbers are displayed.
    pub display: Display,
}

/// Which papers something stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Handout and solutions.
    Both,
    /// The handout alone.
    Handout,
    /// The solutions alone.
    Solutions,
}

/// A cell with its audience.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Which papers it stands on.
    pub audience: Audience,
    /// What it is.
    pub content: Content,
}

/// What a cell shows. Set-ups and runs are indices into the scenario.
#[derive(Debug, Clone)]
pub enum Content {
    /// Prose.
    Markdown(Text),
    /// A box.
    Callout {
        /// Its kind.
        kind: Callout,
        /// Its text.
        text: Text,
    },
    /// The update rules of runs in symbols.
    Rules(Vec<RunId>),
    /// A question with its parts.
    Question(Box<Question>),
    /// A part to be answered.
    Ask(Box<Ask>),
    /// A hint, worked.
    Given(Given),
    /// A plot.
    Plot {
        /// What it shows.
        kind: PlotKind,
        /// Of which runs.
        of: Vec<RunId>,
    },
    /// What an experiment found, as a table.
    Experiment(ExperimentId),
    /// What an experiment found, as a plot.
    ExperimentPlot {
        /// The experiment.
        of: ExperimentId,
        /// What is shown of it.
        kind: ExperimentPlot,
    },
    /// Activation functions and their derivatives.
    Activations(Vec<Activation>),
    /// A table of iterations.
    Table {
        /// Of which runs.
        of: Vec<RunId>,
    },
    /// The gradients of a set-up, derived.
    Gradients {
        /// The set-up.
        setup: usize,
        /// Put in the numbers of this iteration.
        at: Option<Moment>,
    },
    /// The nodes of a set-up's computation graph, listed.
    Nodes(usize),
    /// The adjoints of a set-up's nodes, derived.
    Adjoints {
        /// The set-up.
        setup: usize,
        /// Put in the numbers of this iteration.
        at: Option<Moment>,
    },
    /// A set-up's computation graph, drawn.
    Graph {
        /// The set-up.
        setup: usize,
        /// Whether the adjoints' arrows are drawn too.
        backward: Backward,
    },
    /// Every iteration of a run, told.
    Narration(RunId),
}

/// Whether a drawn graph shows the way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backward {
    /// The forward arrows alone.
    Hidden,
    /// The adjoints' arrows too.
    Shown,
}

/// A question: a numbered heading, a text, and parts.
#[derive(Debug, Clone)]
pub struct Question {
    /// Its title.
    pub title: String,
    /// The set-up that its paths may leave out.
    pub setup: Option<usize>,
    /// Its text.
    pub text: Option<Text>,
    /// Its parts; any cell may stand among them.
    pub parts: Vec<Cell>,
}

/// What is asked, and how it is answered.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The words of the question; a question without parts has them in its own text.
    pub text: Option<Text>,
    /// A hint that stands under it.
    pub given: Option<Given>,
    /// The author's own solution.
    pub solution: Option<Text>,
    /// The values that are asked for, whose solution is derived.
    pub answers: Vec<Path>,
    /// The wrong turns that students take.
    pub mistakes: Vec<Mistake>,
    /// Marks.
    pub marks: Option<String>,
    /// Room to write on paper, such as `5cm`.
    pub space: Option<String>,
}

/// A wrong turn that students take in a part.
#[derive(Debug, Clone)]
pub struct Mistake {
    /// What there is to say about it to the marker.
    pub remark: Option<Text>,
    /// Where it is made: in every run that the part asks about and that it can be made in.
    pub turns: Vec<Turn>,
}

/// A mistake in one run.
#[derive(Debug, Clone)]
pub struct Turn {
    /// The run.
    pub run: RunId,
    /// The iteration from which on it is made: the first that the part asks about.
    pub from: usize,
    /// The last iteration that the part asks about.
    pub to: usize,
    /// What is done.
    pub instead: Instead,
}

/// What a student does instead of the right thing.
#[derive(Debug, Clone)]
pub enum Instead {
    /// One of the mistakes that are known by name.
    Slip(catalogue::Mistake),
    /// Another optimizer is used.
    Optimizer(Box<Run>),
    /// Another model is used.
    Model(Vec<Definition>),
}

impl Instead {
    /// The mistake's word in a scenario.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Slip(mistake) => mistake.word(),
            Self::Optimizer(_) | Self::Model(_) => "custom",
        }
    }
}

/// Numbers that are given away, worked.
#[derive(Debug, Clone)]
pub struct Given {
    /// What is shown, in order.
    pub show: Vec<Hint>,
    /// Of which iteration.
    pub at: Moment,
}

/// What a given shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// The optimizer's state before the iteration.
    State,
    /// The parameters before the iteration.
    Parameters,
    /// The forward pass.
    Forward,
    /// The gradient.
    Gradient,
}

/// One iteration of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The run.
    pub run: RunId,
    /// The iteration, from 1.
    pub t: usize,
}

/// A run, by its set-up's and its own index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId {
    /// The set-up.
    pub setup: usize,
    /// The run in it.
    pub run: usize,
}

/// An experiment, by its set-up's and its own index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExperimentId {
    /// The set-up.
    pub setup: usize,
    /// The experiment in it.
    pub experiment: usize,
}

/// A plot of an experiment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExperimentPlot {
    /// A figure against what varies.
    Sweep {
        /// The position of its measure.
        measure: usize,
    },
    /// The distribution of a definition's pre-activation.
    Histogram {
        /// The definition.
        node: String,
    },
    /// The scale of activations or gradients by depth.
    Signal {
        /// The position of its measure.
        measure: usize,
    },
}

/// A function of one number, to be plotted.
#[derive(Debug, Clone)]
pub struct Activation {
    /// The function, as it was written.
    pub text: String,
    /// The function applied to `z`.
    pub expression: Expression,
}

/// Kinds of boxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callout {
    /// Background.
    Note,
    /// A piece of advice.
    Tip,
    /// What must not be missed.
    Important,
    /// What goes wrong easily.
    Warning,
    /// What to beware of.
    Caution,
}

/// Kinds of plots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlotKind {
    /// The loss over two parameters, with a path for each run.
    Trajectory,
    /// The loss of each iteration.
    Loss,
    /// Every parameter after each iteration.
    Parameters,
}

impl Scenario {
    /// The run and its set-up.
    pub fn run(&self, id: RunId) -> (&Setup, &Run) {
        let setup = &self.setups[id.setup];
        (setup, &setup.runs[id.run])
    }

    /// Every text of the cells, in order.
    pub fn texts(&self) -> Vec<&Text> {
        let mut list = Vec::new();
        for cell in self.cells.iter().flatten() {
            cell.content.texts(&mut list);
        }
        list
    }

    /// The experiment and its set-up.
    pub fn experiment(&self, id: ExperimentId) -> (&Setup, &Experiment) {
        let setup = &self.setups[id.setup];
        (setup, &setup.experiments[id.experiment])
    }

    /// The definitions whose distribution some plot of the experiment shows.
    pub fn histograms(&self, id: ExperimentId) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for cell in self.cells.iter().flatten() {
            cell.content.histograms(id, &mut names);
        }
        names
    }

    /// Every run of the scenario, in order.
    pub fn run_ids(&self) -> Vec<RunId> {
        let indices =
            |setup: usize| (0..self.setups[setup].runs.len()).map(move |run| RunId { setup, run });
        (0..self.setups.len()).flat_map(indices).collect()
    }
}

impl Run {
    /// The options that hold for a parameter.
    pub fn options_of(&self, parameter: &str) -> &Options {
        let own = self.overrides.iter().find(|(name, _)| name == parameter);
        own.map_or(&self.options, |(_, options)| options)
    }

    /// The update rule of a parameter.
    pub fn rule_of(&self, parameter: &str) -> Rule {
        let options = self.options_of(parameter);
        self.optimizer.whole_rule(options, self.custom.as_ref(), self.schedule.as_ref())
    }

    /// The learning rate of the run's iteration number `index`, from 0.
    pub fn rate(&self, index: usize) -> Option<&Rational> {
        let listed = self.rates.as_ref().and_then(|rates| rates.get(index));
        listed.or_else(|| self.options.number("learning_rate"))
    }

    /// The values of the schedule's quantities in iteration `t`, from 1.
    pub fn scheduled(&self, t: usize) -> Vec<(&str, Real)> {
        let before = t.saturating_sub(1);
        let value = |quantity: &Scheduled| {
            let count = (Rational::from(before) - &quantity.after).max(Rational::ZERO);
            match &quantity.form {
                Form::Count => Real::from(count),
                Form::Floor(size) => {
                    Real::from(Rational::from((count / Rational::from((*size).max(1))).floor()))
                }
                Form::Cosine(period) if *period > Rational::ZERO => {
                    Real::cos_pi(&(count.min(period.clone()) / period))
                }
                Form::Cosine(_) => Real::one(),
            }
        };
        let quantities = self.schedule.iter().flat_map(|schedule| &schedule.quantities);
        quantities.map(|quantity| (quantity.name.as_str(), value(quantity))).collect()
    }

    /// The update rule of a parameter when a mistake is made; `None` where it can't be.
    pub fn rule_with(&self, mistake: catalogue::Mistake, parameter: &str) -> Option<Rule> {
        let options = self.options_of(parameter);
        let (own, schedule) = (self.custom.as_ref(), self.schedule.as_ref());
        mistake.whole_rule(self.optimizer, options, own, schedule)
    }

    /// Whether the learning rate may change from iteration to iteration.
    pub fn rate_varies(&self) -> bool {
        self.rates.is_some()
    }

    /// The update rule of parameters without options of their own.
    pub fn rule(&self) -> Rule {
        self.optimizer.whole_rule(&self.options, self.custom.as_ref(), self.schedule.as_ref())
    }
}

impl Content {
    fn histograms(&self, id: ExperimentId, names: &mut Vec<String>) {
        match self {
            Self::ExperimentPlot { of, kind: ExperimentPlot::Histogram { node } }
                if *of == id && !names.contains(node) =>
            {
                names.push(node.clone());
            }
            Self::Question(question) => {
                for part in &question.parts {
                    part.content.histograms(id, names);
                }
            }
            _ => {}
        }
    }

    fn texts<'a>(&'a self, list: &mut Vec<&'a Text>) {
        match self {
            Self::Markdown(text) | Self::Callout { text, .. } => list.push(text),
            Self::Question(question) => {
                list.extend(&question.text);
                for part in &question.parts {
                    part.content.texts(list);
                }
            }
            Self::Ask(ask) => {
                let remarks = ask.mistakes.iter().filter_map(|mistake| mistake.remark.as_ref());
                list.extend(ask.text.iter().chain(&ask.solution).chain(remarks));
            }
            Self::Rules(_)
            | Self::Given(_)
            | Self::Plot { .. }
            | Self::Experiment(_)
            | Self::ExperimentPlot { .. }
            | Self::Activations(_)
            | Self::Table { .. }
            | Self::Gradients { .. }
            | Self::Nodes(_)
            | Self::Adjoints { .. }
            | Self::Graph { .. }
            | Self::Narration(_) => {}
        }
    }
}

impl Setup {
    /// The expression of a definition.
    pub fn definition(&self, name: &str) -> Option<&Expression> {
        let found = self.model.iter().find(|definition| definition.name == name);
        found.map(|definition| &definition.expression)
    }

    /// Whether some name has a shape, but no value: then it can be derived, but not run.
    pub fn is_symbolic(&self) -> bool {
        let valued = |name: &String| {
            let parameter = self.parameter(name);
            self.inputs.contains(name)
                || parameter.is_some_and(|parameter| parameter.initial.counts().is_some())
        };
        !self.leaves.iter().all(valued)
    }

    /// Whether every datum, parameter and definition is a plain number.
    pub fn is_scalar(&self) -> bool {
        self.shapes.values().all(|shape| *shape == Shape::Scalar)
    }

    /// Whether the name is a parameter.
    pub fn is_parameter(&self, name: &str) -> bool {
        self.parameter(name).is_some()
    }

    /// The names of the parameters, in order.
    pub fn parameter_names(&self) -> impl Iterator<Item = &str> + Clone {
        self.parameters.iter().map(|parameter| parameter.name.as_str())
    }

    /// The names of the parameters that are trained, in order.
    pub fn trained_names(&self) -> impl Iterator<Item = &str> + Clone {
        let trained = self.parameters.iter().filter(|parameter| !parameter.frozen);
        trained.map(|parameter| parameter.name.as_str())
    }

    /// The last iteration of the runs.
    pub fn last_iteration(&self) -> usize {
        self.start_iteration + self.batches.len()
    }

    /// The values that the parameters start from.
    pub fn start(&self) -> Named<Tensor> {
        let parameters = self.parameters.iter();
        parameters.map(|one| (one.name.clone(), one.initial.tensor())).collect()
    }

    /// The parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// The layers by their definitions, in order: those that apply an activation function,
    /// or a matrix product where none does; `rectified`: those with a ReLU.
    pub fn layers(&self, rectified: bool) -> Vec<&str> {
        let applies = |expression: &Expression| {
            expression.any(&mut |part| match part {
                Expression::Call(call) if rectified => call.function.name == "relu",
                Expression::Call(call) => call.function.is_activation(),
                _ => false,
            })
        };
        let lines = || self.model.iter().filter(|line| line.name != "loss");
        let names: Vec<&str> = lines()
            .filter(|line| applies(&line.expression))
            .map(|line| line.name.as_str())
            .collect();
        if rectified || !names.is_empty() {
            return names;
        }
        let product = |expression: &Expression| {
            expression.any(&mut |part| {
                matches!(part, Expression::Binary(crate::formula::Operator::MatMul, ..))
            })
        };
        lines().filter(|line| product(&line.expression)).map(|line| line.name.as_str()).collect()
    }
}
