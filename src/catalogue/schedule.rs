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
//! one_cycle     α (1 − ½(1 − 1/d)(1 + cos(πk/p)))    up from α/d while k ≤ p
//!               α (1/f + ½(1 − 1/f)(1 + cos(π(k − p)/(e − p))))     then down to α/f
//! warmup        α (a + (1 − a) k/T) while k < T, then another schedule from 0 on
//! chain         several, each acting on the rate that the one before gives
//! ```
//!
//! In `one_cycle` d is `div_factor`, f = d times `final_div_factor`, and of T iterations the
//! share `pct_start` is for the rise: p = pct_start T − 1 and e = T − 1, or p = ⌊pct_start T⌋
//! and e = T with `form: optax`.
//!
//! Sources: `torch.optim.lr_scheduler`, `keras.optimizers.schedules`, `optax` schedules;
//! Loshchilov and Hutter (2017) for the cosine, Smith and Topin (2018) for the one cycle.
//!
//! Conventions: a milestone counts from k = milestone on (PyTorch, optax; Keras begins one
//! later). `cosine`, `linear` and `polynomial` stay at their end (Keras, optax). `warmup`
//! begins at a = `start`, 0 by default. `one_cycle` leaves the momentum alone (optax; PyTorch
//! moves it against the rate) and has its peak between two iterations where p is no whole
//! number (PyTorch).
//!
//! Exactness: rational but for `exponential` between its steps, for fractional powers, and
//! for `cosine`, whose rational values are at k/T = 0, 1/3, 1/2, 2/3 and 1 (Niven).

use super::rule::{Case, Condition, Line, Over, Relation};
use crate::formula::{Expression, parse};
use crate::number::{Rational, exact_input_latex};

/// The name that a scheduled rate has in rules.
const RATE: &str = "scheduled_rate";
/// The iterations done before.
const COUNT: &str = "scheduled_k";
/// Its LaTeX.
const COUNT_LATEX: &str = "k";

/// A schedule of the learning rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// The lines that give the rate, the last of them the rate itself.
    pub lines: Vec<Line>,
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
    /// Where on the axis of k it begins to count.
    pub after: Rational,
}

/// A function of k.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// k itself.
    Count,
    /// ⌊k/s⌋
    Floor(usize),
    /// cos(π min(k, T)/T)
    Cosine(Rational),
}

/// Numbers by name, with their defaults; one without a default must be given.
pub type Numbers = &'static [(&'static str, Option<&'static str>)];

/// The kinds of schedules, each with its numbers.
pub const SCHEDULES: [(&str, Numbers); 10] = [
    ("constant", &[]),
    ("step", &[("size", None), ("gamma", Some("0.1"))]),
    ("multistep", &[("gamma", Some("0.1"))]),
    ("piecewise", &[]),
    ("exponential", &[("gamma", None), ("size", Some("1"))]),
    ("inverse_time", &[("rate", None), ("size", Some("1"))]),
    ("linear", &[("start", None), ("end", Some("1")), ("period", None)]),
    ("polynomial", &[("period", None), ("power", Some("1")), ("minimum", Some("0"))]),
    ("cosine", &[("period", None), ("minimum", Some("0"))]),
    (
        "one_cycle",
        &[
            ("period", None),
            ("pct_start", Some("0.3")),
            ("div_factor", Some("25")),
            ("final_div_factor", Some("1e4")),
        ],
    ),
];
/// Whose count of the iterations of `one_cycle`.
pub const CYCLE_FORMS: [&str; 2] = ["pytorch", "optax"];

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
    /// Where a cycle has its peak and its end.
    pub cycle: Option<(Rational, Rational)>,
}

impl Schedule {
    /// A schedule of a kind of [`SCHEDULES`]; `None` where the kind is none.
    pub fn new(kind: &str, parts: &Parts) -> Option<Self> {
        let (text, cases) = parts.formula(kind)?;
        let put_in = |text: &str| Some(parts.put_in(&parse(text).ok()?.expression));
        let peak = parts.cycle.iter().map(|(peak, _)| (Relation::AtMost, peak.clone()));
        let milestones = parts.milestones.iter();
        let milestones = milestones.map(|one| (Relation::Less, Rational::from(*one)));
        let cases = cases
            .iter()
            .zip(milestones.chain(peak))
            .map(|(text, (relation, limit))| {
                let left = Expression::name(COUNT);
                let condition = Condition { left, relation, right: Expression::Number(limit) };
                Some(Case { condition, expression: put_in(text)? })
            })
            .collect::<Option<_>>()?;
        let expression = put_in(&text)?;
        let line = Line { name: RATE.to_owned(), cases, expression, over: Over::Parameter };
        Some(Self { lines: vec![line], quantities: parts.quantities() })
    }

    /// The schedule after a warm-up of `period` iterations, which begins at `start` times
    /// the rate.
    pub fn warmed_up(self, period: usize, start: &Rational) -> Option<Self> {
        let parts = Parts {
            numbers: vec![("start", start.clone()), ("period", Rational::from(period))],
            ..Parts::default()
        };
        // Terms and factors that change nothing are left out.
        let rising = match *start == Rational::ZERO {
            true => "learning_rate*(scheduled_k/period)",
            false => "learning_rate*(start + (1 - start)*(scheduled_k/period))",
        };
        let rising = parse(rising).ok()?.expression;
        let limit = Expression::Number(Rational::from(period));
        let left = Expression::name(COUNT);
        let first = Case {
            condition: Condition { left, relation: Relation::Less, right: limit },
            expression: parts.put_in(&rising),
        };
        // What follows counts from the end of the warm-up on.
        let then = self.with_quantities("then");
        let last = then.lines.last()?;
        let cases = [first].into_iter().chain(last.cases.iter().cloned()).collect();
        let shifted = then.quantities.iter().map(|own| Quantity {
            name: own.name.clone(),
            latex: match own.form {
                Form::Cosine(_) => own
                    .latex
                    .replace("min(k,", &format!("min(k - {period},"))
                    .replace(r"\pi k", &format!(r"\pi (k - {period})")),
                Form::Count | Form::Floor(_) => own.latex.replace('k', &format!("(k - {period})")),
            },
            form: own.form.clone(),
            after: &own.after + Rational::from(period),
        });
        let quantities = [count()].into_iter().chain(shifted).collect();
        let line = Line { cases, ..last.clone() };
        Some(Self { lines: vec![line], quantities })
    }

    /// Several schedules, each of which acts on the rate that the one before gives.
    pub fn chained(stages: Vec<Self>) -> Self {
        let last = stages.len();
        let mut chain = Self { lines: Vec::new(), quantities: Vec::new() };
        for (index, stage) in stages.into_iter().enumerate() {
            let stage = stage.with_quantities(&(index + 1).to_string());
            for mut line in stage.lines {
                if let Some(before) = chain.lines.last() {
                    line = line.renamed("learning_rate", &before.name);
                }
                if index + 1 < last {
                    line.name = format!("{RATE}_{}", index + 1);
                }
                chain.lines.push(line);
            }
            chain.quantities.extend(stage.quantities);
        }
        chain
    }

    /// The name of the rate in a rule's lines.
    pub fn rate(&self) -> &str {
        self.lines.last().map_or(RATE, |line| &line.name)
    }

    /// The same schedule with names of its own for the values by k.
    fn with_quantities(mut self, suffix: &str) -> Self {
        for quantity in &mut self.quantities {
            let name = format!("{}_{suffix}", quantity.name);
            for line in &mut self.lines {
                *line = line.renamed(&quantity.name, &name);
            }
            quantity.name = name;
        }
        self
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
            "one_cycle" => {
                let rise = "learning_rate*(1 - 1/2*(1 - 1/div_factor)*(1 + scheduled_rise))";
                let end = "1/(div_factor*final_div_factor)";
                let fall = format!("learning_rate*({end} + 1/2*(1 - {end})*(1 + scheduled_fall))");
                return Some((fall, vec![rise.to_owned()]));
            }
            "cosine" if is("minimum", 0) => "1/2*learning_rate*(1 + scheduled_wave)".to_owned(),
            "cosine" => "minimum + 1/2*(learning_rate - minimum)*(1 + scheduled_wave)".to_owned(),
            _ => return None,
        };
        Some((text, Vec::new()))
    }

    /// The values by k that the formulas may use.
    fn quantities(&self) -> Vec<Quantity> {
        let size = self.size;
        let wave = |name: &str, angle: String, period: Rational, after: Rational| Quantity {
            name: name.to_owned(),
            latex: format!(r"\cos\left({angle}\right)"),
            form: Form::Cosine(period),
            after,
        };
        let angle = format!(r"\frac{{\pi \min(k, {size})}}{{{size}}}");
        let mut list = vec![
            count(),
            Quantity {
                name: "scheduled_steps".to_owned(),
                latex: format!(r"\lfloor k/{size}\rfloor"),
                form: Form::Floor(size),
                after: Rational::ZERO,
            },
            wave("scheduled_wave", angle, Rational::from(size), Rational::ZERO),
        ];
        if let Some((peak, end)) = &self.cycle {
            let text = |number: &Rational| exact_input_latex(number, '.');
            let fall = end - peak;
            let up = format!(r"\frac{{\pi k}}{{{}}}", text(peak));
            let down = format!(
                r"\frac{{\pi (\min(k, {}) - {})}}{{{}}}",
                text(end),
                text(peak),
                text(&fall)
            );
            list.push(wave("scheduled_rise", up, peak.clone(), Rational::ZERO));
            list.push(wave("scheduled_fall", down, fall, peak.clone()));
        }
        list
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

/// k itself.
fn count() -> Quantity {
    Quantity {
        name: COUNT.to_owned(),
        latex: COUNT_LATEX.to_owned(),
        form: Form::Count,
        after: Rational::ZERO,
    }
}
