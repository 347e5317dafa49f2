//! Wrong turns that students take, each as an altered algorithm.
//!
//! ```text
//! momentum_without_factor           u ← βu + g              for u ← βu + (1 − β)g
//! sgd_instead                       θ ← θ − αg              for the optimizer's own rule
//! no_bias_correction                û = u                   for û = u/(1 − βᵗ), and so for v
//! forgotten_activation_derivative   1                       for f′(z) on the way back
//! sign_slip                         θ ← θ + step            for θ ← θ − step
//! sum_instead_of_mean               Σ                       for the mean over the batch
//! epsilon_misplaced                 √(v + ε)                for √v + ε, and the other way round
//! old_state                         the step of uₜ₋₁        for that of uₜ
//! ```
//!
//! What concerns a rule is a change of its lines, so that no formula stands here a second
//! time; the engine executes the changed lines as it does the right ones.
//!
//! Conventions: clipping, weight decay and schedules stay as they are; the slips are made in
//! the optimizer's own lines. A decay that belongs to the optimizer itself, such as that of
//! AdamW, goes with it where SGD is used instead. An old state is used in the step alone: the
//! new one is computed as it should be, for the iterations after.

use std::sync::Arc;

use crate::formula::{Expression, Operator};
use crate::number::Rational;

use super::{Extent, Line, Optimizer, Options, Over, Rule, Schedule, Setting, remembered, sgd};

/// A wrong turn that is known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mistake {
    /// The gradient enters the first moment in full.
    MomentumWithoutFactor,
    /// Plain gradient descent is used.
    SgdInstead,
    /// The moments are not corrected.
    NoBiasCorrection,
    /// The derivative of every activation function is taken for 1.
    ForgottenActivationDerivative,
    /// The step is added.
    SignSlip,
    /// The batch's losses and gradients are added up.
    SumInsteadOfMean,
    /// ε stands on the other side of the root.
    EpsilonMisplaced,
    /// The step is made with the state before the iteration.
    OldState,
}

impl Mistake {
    /// Every one with its word in a scenario.
    pub const ALL: [(&'static str, Self); 8] = [
        ("momentum_without_factor", Self::MomentumWithoutFactor),
        ("sgd_instead", Self::SgdInstead),
        ("no_bias_correction", Self::NoBiasCorrection),
        ("forgotten_activation_derivative", Self::ForgottenActivationDerivative),
        ("sign_slip", Self::SignSlip),
        ("sum_instead_of_mean", Self::SumInsteadOfMean),
        ("epsilon_misplaced", Self::EpsilonMisplaced),
        ("old_state", Self::OldState),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, mistake)| *mistake == self).map_or("", |(word, _)| word)
    }

    /// The optimizer that is used, with its options: another one, or the same with other
    /// options. `None` where the mistake can't be made with it.
    pub fn setting(
        self,
        optimizer: &'static Optimizer,
        options: &Options,
    ) -> Option<(&'static Optimizer, Options)> {
        match self {
            Self::SgdInstead if optimizer.kind == sgd::SGD.kind => None,
            Self::SgdInstead => {
                Some((super::optimizer(sgd::SGD.kind)?, of_sgd(optimizer, options)))
            }
            Self::EpsilonMisplaced => {
                let place = match options.word("epsilon_place") {
                    "outside" => "inside",
                    "inside" | "hat" => "outside",
                    _ => return None,
                };
                let mut other = options.clone();
                other.set("epsilon_place", Setting::Word(place.to_owned()));
                (options.is_set("epsilon") && (optimizer.conflict)(&other).is_none())
                    .then_some((optimizer, other))
            }
            Self::MomentumWithoutFactor
            | Self::NoBiasCorrection
            | Self::ForgottenActivationDerivative
            | Self::SignSlip
            | Self::SumInsteadOfMean
            | Self::OldState => Some((optimizer, options.clone())),
        }
    }

    /// The whole update rule with the mistake made, under the options of [`Self::setting`].
    /// `None` where it can't be made.
    pub fn whole_rule(
        self,
        optimizer: &Optimizer,
        options: &Options,
        own: Option<&Rule>,
        schedule: Option<&Schedule>,
    ) -> Option<Arc<Rule>> {
        let altered = || self.altered(optimizer, options, own, schedule);
        match own.is_none() && schedule.is_none() {
            true => remembered(Some(self), optimizer, options, altered),
            false => altered().map(Arc::new),
        }
    }

    fn altered(
        self,
        optimizer: &Optimizer,
        options: &Options,
        own: Option<&Rule>,
        schedule: Option<&Schedule>,
    ) -> Option<Rule> {
        let whole =
            |own: Option<&Rule>| Arc::unwrap_or_clone(optimizer.whole_rule(options, own, schedule));
        let step = || own.cloned().unwrap_or_else(|| (optimizer.rule)(options));
        match self {
            Self::MomentumWithoutFactor => {
                let step = step();
                let moment = |state: &str| own.is_some() || state == "u";
                let moments: Vec<String> = states(&step).filter(|name| moment(name)).collect();
                let concerned =
                    |line: &Line| uses_any(line, &moments) || moments.contains(&line.name);
                Some(whole(Some(&changed(&step, &concerned, &without_factor)?)))
            }
            Self::NoBiasCorrection => {
                let step = step();
                let moments: Vec<String> = states(&step).collect();
                let concerned = |line: &Line| uses_any(line, &moments) || line.name == "theta";
                let change = |expression: &Expression| uncorrected(expression, &step);
                Some(whole(Some(&changed(&step, &concerned, &change)?)))
            }
            Self::SignSlip => {
                let concerned = |line: &Line| line.name == "theta";
                Some(whole(Some(&changed(&step(), &concerned, &slipped)?)))
            }
            Self::OldState => with_old_state(&whole(own)),
            Self::SgdInstead => Some(whole(None)),
            Self::ForgottenActivationDerivative
            | Self::SumInsteadOfMean
            | Self::EpsilonMisplaced => Some(whole(own)),
        }
    }
}

/// The options of SGD in the place of another optimizer.
fn of_sgd(optimizer: &Optimizer, options: &Options) -> Options {
    let inside = options.word("decay") == super::Decay::Inside.word();
    let own_decay = optimizer.decay.1.is_some() || inside;
    let around = ["clip", "clip_at"].into_iter();
    let decay = ["weight_decay", "decay", "decay_on"].into_iter().filter(|_| !own_decay);
    let kept: Vec<&str> = ["learning_rate"].into_iter().chain(around).chain(decay).collect();
    let kept = options.iter().filter(|(name, _)| kept.contains(name));
    Options::new(kept.map(|(name, setting)| (name.to_owned(), setting.clone())).collect())
}

/// The states that every entry of a parameter has; the others only count iterations.
fn states(rule: &Rule) -> impl Iterator<Item = String> + '_ {
    let entries = rule.states.iter().filter(|state| state.extent == Extent::Entries);
    entries.map(|state| state.name.clone())
}

fn uses_any(line: &Line, names: &[String]) -> bool {
    line.expressions().any(|expression| names.iter().any(|name| expression.mentions(name)))
}

/// The rule with its lines changed where they are concerned; `None` where nothing changes.
fn changed(
    rule: &Rule,
    concerned: &dyn Fn(&Line) -> bool,
    change: &dyn Fn(&Expression) -> Expression,
) -> Option<Rule> {
    let line = |line: &Line| {
        let mut line = line.clone();
        if concerned(&line) {
            line.expression = change(&line.expression);
            for case in &mut line.cases {
                case.expression = change(&case.expression);
            }
        }
        line
    };
    let list = |lines: &[Line]| -> Vec<Line> { lines.iter().map(line).collect() };
    let other =
        Rule { lines: list(&rule.lines), first: rule.first.as_deref().map(list), ..rule.clone() };
    (other != *rule).then_some(other)
}

/// βu + g for βu + (1 − β)g: the factor goes from every summand that is the gradient itself.
fn without_factor(expression: &Expression) -> Expression {
    match expression {
        Expression::Binary(operator @ (Operator::Add | Operator::Subtract), left, right) => {
            Expression::binary(*operator, without_factor(left), without_factor(right))
        }
        Expression::Negate(inner) => Expression::Negate(Box::new(without_factor(inner))),
        Expression::Binary(Operator::Multiply | Operator::Divide, ..) => {
            let factors = factors(expression);
            let gradients = factors.iter().filter(|factor| ***factor == Expression::name("g"));
            if gradients.count() == 1 && factors.iter().any(|factor| is_factor(factor)) {
                return strike(expression, &is_factor).unwrap_or_else(|| expression.clone());
            }
            // A rate before a sum in brackets.
            expression.map(&mut |node| match node {
                Expression::Binary(Operator::Add | Operator::Subtract, ..) if !is_factor(node) => {
                    Some(without_factor(node))
                }
                _ => None,
            })
        }
        other => other.clone(),
    }
}

/// 1 − β
fn is_factor(expression: &Expression) -> bool {
    matches!(
        expression,
        Expression::Binary(Operator::Subtract, one, name)
            if **one == Expression::integer(1) && matches!(**name, Expression::Name(_))
    )
}

/// What a product multiplies, denominators left out.
fn factors(expression: &Expression) -> Vec<&Expression> {
    match expression {
        Expression::Binary(Operator::Multiply, left, right) => {
            factors(left).into_iter().chain(factors(right)).collect()
        }
        Expression::Binary(Operator::Divide, above, _) => factors(above),
        other => vec![other],
    }
}

/// A product without its first factor of that kind; `None` where it has none.
fn strike(expression: &Expression, goes: &dyn Fn(&Expression) -> bool) -> Option<Expression> {
    let Expression::Binary(operator @ (Operator::Multiply | Operator::Divide), left, right) =
        expression
    else {
        return None;
    };
    if *operator == Operator::Multiply && goes(left) {
        return Some((**right).clone());
    }
    if *operator == Operator::Multiply && goes(right) {
        return Some((**left).clone());
    }
    if let Some(left) = strike(left, goes) {
        return Some(Expression::binary(*operator, left, (**right).clone()));
    }
    if *operator == Operator::Divide {
        return None;
    }
    Some(Expression::binary(*operator, (**left).clone(), strike(right, goes)?))
}

/// 1 in the place of 1 − βᵗ, and of 1 − P for a product P of all β so far.
fn uncorrected(expression: &Expression, rule: &Rule) -> Expression {
    let of_time = |power: &Expression| match power {
        Expression::Binary(Operator::Power, _, exponent) => exponent.mentions("t"),
        other => {
            let whole = rule.states.iter().filter(|state| state.extent == Extent::Whole);
            whole.into_iter().any(|state| other.mentions(&state.name))
        }
    };
    expression.map(&mut |node| match node {
        Expression::Binary(Operator::Subtract, one, power)
            if **one == Expression::integer(1) && of_time(power) =>
        {
            Some(Expression::Number(Rational::ONE))
        }
        _ => None,
    })
}

/// θ + step for θ − step: every summand but the first with the factor θ changes its sign.
fn slipped(expression: &Expression) -> Expression {
    let Expression::Binary(operator @ (Operator::Add | Operator::Subtract), left, right) =
        expression
    else {
        return expression.clone();
    };
    let is_theta = |summand: &Expression| factors(summand).contains(&&Expression::name("theta"));
    let other = if *operator == Operator::Add { Operator::Subtract } else { Operator::Add };
    let inner = slipped(left);
    if inner != **left || is_theta(left) {
        Expression::binary(other, inner, (**right).clone())
    } else if is_theta(right) {
        Expression::binary(*operator, Expression::Negate(left.clone()), (**right).clone())
    } else {
        expression.clone()
    }
}

/// The rule whose step is made with the states before the iteration.
fn with_old_state(rule: &Rule) -> Option<Rule> {
    let moments: Vec<String> = states(rule).collect();
    let list = |lines: &[Line]| stepping_first(lines, &moments);
    let lines = list(&rule.lines);
    let first = rule.first.as_deref().map(list);
    let changes = lines.is_some() || matches!(first, Some(Some(_)));
    let first = first.map(|own| own.unwrap_or_else(|| rule.first.clone().unwrap_or_default()));
    let lines = lines.unwrap_or_else(|| rule.lines.clone());
    changes.then(|| Rule { lines, first, ..rule.clone() })
}

/// The lines that give the new states under other names, then those of the step, which see
/// the old states, and at last the new states under their own names. `None` where the step
/// hangs on no new state.
fn stepping_first(lines: &[Line], moments: &[String]) -> Option<Vec<Line>> {
    let is_state = |line: &Line| moments.contains(&line.name);
    let mut new: Vec<String> = Vec::new();
    for line in lines {
        if is_state(line) || uses_any(line, &new) {
            new.push(line.name.clone());
        }
    }
    if !new.contains(&"theta".to_owned()) {
        return None;
    }
    let mut needed: Vec<String> = moments.to_vec();
    for line in lines.iter().rev().filter(|line| line.name != "theta") {
        let serves = |other: &Line| {
            needed.contains(&other.name) && uses_any(other, std::slice::from_ref(&line.name))
        };
        if !needed.contains(&line.name) && lines.iter().any(serves) {
            needed.push(line.name.clone());
        }
    }
    let apart = |name: &str| format!("new {name}");
    let mut list: Vec<Line> = Vec::new();
    let mut known: Vec<&String> = Vec::new();
    for line in lines.iter().filter(|line| line.name != "theta" && needed.contains(&line.name)) {
        let own = known.iter().fold(line.clone(), |line, name| line.renamed(name, &apart(name)));
        list.push(Line { name: apart(&line.name), ..own });
        known.push(&line.name);
    }
    list.extend(lines.iter().filter(|line| !is_state(line)).cloned());
    list.extend(lines.iter().filter(|line| is_state(line)).map(|line| Line {
        name: line.name.clone(),
        cases: Vec::new(),
        expression: Expression::Name(apart(&line.name)),
        over: Over::Parameter,
    }));
    Some(list)
}

#[cfg(test)]
#[path = "mistake_tests.rs"]
mod tests;
