//! A set-up: a model with its data, parameters and optimizers.

use std::collections::BTreeMap;

use crate::formula::shape::Shape;
use crate::formula::{Expression, Operator, notation::Notation};
use crate::initialization::generator::Stream;
use crate::initialization::scheme::Scheme;
use crate::number::Real;
use crate::trace::{Named, Tensor};

use super::super::Place;
use super::super::text::Text;
use super::{Display, Experiment, Run};

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

/// One line of a model.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The name that is defined.
    pub name: String,
    /// Its expression.
    pub expression: Expression,
    /// Where its name stands in the scenario.
    pub place: Place,
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
    pub(in crate::scenario) stream: Stream,
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
            expression.any(&mut |part| matches!(part, Expression::Binary(Operator::MatMul, ..)))
        };
        lines().filter(|line| product(&line.expression)).map(|line| line.name.as_str()).collect()
    }
}
