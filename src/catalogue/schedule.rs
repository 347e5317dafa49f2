//! Schedules: the learning rate as a function of the iterations done before.
//!
//! For the rate α and k = 0, 1, … iterations done before:
//!
//! ```text
//! constant      α
//! step          α γ^⌊k/s⌋                            size s
//! multistep     α γ^n                                n: how many milestones are ≤ k
//! piecewise     the n-th of the listed rates
//! exponential   α γ^(k/s), or α γ^⌊k/s⌋              size s; staircase
//! inverse_time  α / (1 + rk/s)                       rate r, size s
//! linear        α (a + (b − a) min(k, T)/T)          from a to b, period T
//! polynomial    m + (α − m)(1 − min(k, T)/T)^p       minimum m, period T, power p
//! cosine        m + ½(α − m)(1 + cos(π min(k, T)/T)) minimum m, period T
//! warmup        α (a + (1 − a) k/T) while k < T, then another schedule from 0 on
//! ```
//!
//! Sources: `torch.optim.lr_scheduler`, `keras.optimizers.schedules`, `optax` schedules;
//! Loshchilov and Hutter (2017) for the cosine.
//!
//! Conventions: a milestone counts from k = milestone on (PyTorch, optax; Keras begins one
//! later). `cosine`, `linear` and `polynomial` stay at their end (Keras, optax). `warmup`
//! begins at a = `start`, 0 by default.
//!
//! Exactness: rational but for `exponential` between its steps, for fractional powers, and
//! for `cosine`, whose rational values are at k/T = 0, 1/3, 1/2, 2/3 and 1 (Niven).

use super::rule::{Case, Condition, Line, Over, Relation};
use crate::formula::{Expression, parse};
use crate::number::Rational;

/// The name that a scheduled rate has in rules.
const RATE: &str = "scheduled_rate";
/// The iterations done before.
const COUNT: &str = "scheduled_k";
/// Its LaTeX.
const COUNT_LATEX: &str = "k";

/// A schedule of the learning rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// The line that gives the rate.
    pub line: Line,
    /// Names of the line that stand for a value by k, with their LaTeX.
    pub quantities: Vec<Quantity>,
}

/// A value by k for which the language has no function.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// Its name in the line.
    pub name: String,
    /// How it is written.
    pub latex: String,
    /// What it is.
    pub form: Form,
    /// The iterations before it begins to count.
    pub after: usize,
}

/// A function of k.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// k itself.
    Count,
    /// ⌊k/s⌋
    Floor(usize),
    /// cos(π min(k, T)/T)
    Cosine(usize),
}

/// Numbers by name, with their defaults; one without a default must be given.
pub type Numbers = &'static [(&'static str, Option<&'static str>)];

/// The kinds of schedules, each with its numbers.
pub const SCHEDULES: [(&str, Numbers); 9] = [
    ("constant", &[]),
    ("step", &[("size", None), ("gamma", Some("0.1"))]),
    ("multistep", &[("gamma", Some("0.1"))]),
    ("piecewise", &[]),
    ("exponential", &[("gamma", None), ("size", Some("1"))]),
    ("inverse_time", &[("rate", None), ("size", Some("1"))]),
    ("linear", &[("start", None), ("end", Some("1")), ("period", None)]),
    ("polynomial", &[("period", None), ("power", Some("1")), ("minimum", Some("0"))]),
    ("cosine", &[("period", None), ("minimum", Some("0"))]),
];

/// What a schedule is made of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Parts {
    /// Numbers by name.
    pub numbers: Vec<(&'static str, Rational)>,
    /// Whole numbers among them: sizes and periods.
    pub size: usize,
    /// Where the rate changes.
    pub milestones: Vec<usize>,
    /// The rates between milestones.
    pub rates: Vec<Rational>,
    /// Whether the rate stays between the steps.
    pub staircase: bool,
}

impl Schedule {
    /// A schedule of a kind of [`SCHEDULES`]; `None` where the kind is none.
    pub fn new(kind: &str, parts: &Parts) -> Option<Self> {
        let (text, cases) = parts.formula(kind)?;
        let put_in = |text: &str| Some(parts.put_in(&parse(text).ok()?.expression));
        let count = || Expression::name(COUNT);
        let cases = cases
            .iter()
            .zip(&parts.milestones)
            .map(|(text, milestone)| {
                let right = Expression::Number(Rational::from(*milestone));
                let condition = Condition { left: count(), relation: Relation::Less, right };
                Some(Case { condition, expression: put_in(text)? })
            })
            .collect::<Option<_>>()?;
        let size = parts.size;
        let quantity = |name: &str, latex: String, form| Quantity {
            name: name.to_owned(),
            latex,
            form,
            after: 0,
        };
        let line = Line {
            name: RATE.to_owned(),
            cases,
            expression: put_in(&text)?,
            over: Over::Parameter,
        };
        Some(Self {
            line,
            quantities: vec![
                quantity(COUNT, COUNT_LATEX.to_owned(), Form::Count),
                quantity("scheduled_steps", format!(r"\lfloor k/{size}\rfloor"), Form::Floor(size)),
                quantity(
                    "scheduled_wave",
                    format!(r"\cos\left(\frac{{\pi \min(k, {size})}}{{{size}}}\right)"),
                    Form::Cosine(size),
                ),
            ],
        })
    }

    /// The schedule after a warm-up of `period` iterations, which begins at `start` times
    /// the rate.
    pub fn warmed_up(self, period: usize, start: &Rational) -> Option<Self> {
        let parts = Parts {
            numbers: vec![("start", start.clone()), ("period", Rational::from(period))],
            ..Parts::default()
        };
        let rising =
            parse("learning_rate*(start + (1 - start)*(scheduled_k/period))").ok()?.expression;
        let limit = Expression::Number(Rational::from(period));
        let left = Expression::name(COUNT);
        let first = Case {
            condition: Condition { left, relation: Relation::Less, right: limit },
            expression: parts.put_in(&rising),
        };
        // What follows counts from the end of the warm-up on.
        let later = |name: &str| format!("{name}_then");
        let rename = |expression: &Expression| {
            expression.map(&mut |node| match node {
                Expression::Name(name) if self.quantities.iter().any(|own| own.name == *name) => {
                    Some(Expression::Name(later(name)))
                }
                _ => None,
            })
        };
        let cases = self.line.cases.iter().map(|case| Case {
            condition: Condition {
                left: rename(&case.condition.left),
                relation: case.condition.relation,
                right: rename(&case.condition.right),
            },
            expression: rename(&case.expression),
        });
        let cases = [first].into_iter().chain(cases).collect();
        let expression = rename(&self.line.expression);
        let shifted = self.quantities.iter().map(|own| Quantity {
            name: later(&own.name),
            latex: match own.form {
                Form::Cosine(_) => own.latex.replace('k', &format!("k - {period}")),
                Form::Count | Form::Floor(_) => own.latex.replace('k', &format!("(k - {period})")),
            },
            form: own.form,
            after: own.after + period,
        });
        let count = Quantity {
            name: COUNT.to_owned(),
            latex: COUNT_LATEX.to_owned(),
            form: Form::Count,
            after: 0,
        };
        let quantities = [count].into_iter().chain(shifted).collect();
        let line = Line { name: RATE.to_owned(), cases, expression, over: Over::Parameter };
        Some(Self { line, quantities })
    }

    /// The quantity of that name.
    pub fn quantity(&self, name: &str) -> Option<&Quantity> {
        self.quantities.iter().find(|quantity| quantity.name == name)
    }
}

impl Parts {
    /// The formula of the rate, and those that hold before each milestone.
    fn formula(&self, kind: &str) -> Option<(String, Vec<String>)> {
        let base = |n: usize| match n {
            0 => "learning_rate".to_owned(),
            1 => "learning_rate*gamma".to_owned(),
            n => format!("learning_rate*gamma^{n}"),
        };
        let is = |name: &str, value: i32| {
            let number = Rational::from(value);
            self.numbers.iter().any(|(known, other)| *known == name && *other == number)
        };
        // Terms and factors that change nothing are left out.
        let above_minimum = |share: &str| {
            if is("minimum", 0) {
                format!("learning_rate*{share}")
            } else {
                format!("minimum + (learning_rate - minimum)*{share}")
            }
        };
        let text = match kind {
            "constant" => base(0),
            "step" => "learning_rate*gamma^scheduled_steps".to_owned(),
            "multistep" => {
                let count = self.milestones.len();
                return Some((base(count), (0..count).map(base).collect()));
            }
            "piecewise" => {
                let mut texts: Vec<String> = self.rates.iter().map(ToString::to_string).collect();
                return Some((texts.pop()?, texts));
            }
            "exponential" if self.staircase => "learning_rate*gamma^scheduled_steps".to_owned(),
            "exponential" if self.size == 1 => "learning_rate*gamma^scheduled_k".to_owned(),
            "exponential" => "learning_rate*gamma^(scheduled_k/size)".to_owned(),
            "inverse_time" => {
                let rate = if is("rate", 1) { "" } else { "rate*" };
                let size = if self.size == 1 { "" } else { "/size" };
                format!("learning_rate/(1 + {rate}scheduled_k{size})")
            }
            "linear" => {
                "learning_rate*(start + (end - start)*(min(scheduled_k, period)/period))".to_owned()
            }
            "polynomial" => {
                let power = if is("power", 1) { "" } else { "^power" };
                above_minimum(&format!("(1 - min(scheduled_k, period)/period){power}"))
            }
            "cosine" if is("minimum", 0) => "1/2*learning_rate*(1 + scheduled_wave)".to_owned(),
            "cosine" => "minimum + 1/2*(learning_rate - minimum)*(1 + scheduled_wave)".to_owned(),
            _ => return None,
        };
        Some((text, Vec::new()))
    }

    /// The expression with the numbers for their names.
    fn put_in(&self, expression: &Expression) -> Expression {
        expression.map(&mut |node| match node {
            Expression::Name(name) => {
                let number = self.numbers.iter().find(|(known, _)| known == name);
                number.map(|(_, number)| Expression::Number(number.clone()))
            }
            _ => None,
        })
    }
}
