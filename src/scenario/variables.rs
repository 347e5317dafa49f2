//! Variables: what differs between the variants of a paper.
//!
//! ```text
//! alpha: {choose: [0.1, 0.2], weights: [3, 1], default: 0.2}
//! x1:    {integers: [1, 5], default: 3}
//! w0:    {decimals: [0.5, 2.0], step: 0.1, default: 1}
//! k:     {expression: "alpha/2 * x1"}       from the variables above it
//! ```
//!
//! A free variable has finitely many values, counted from 0; a derived one follows from
//! the variables above it. One value for each is an [`Assignment`].

use crate::formula::{Evaluator, Expression, Failure, Prove, ZeroOverZero, parse};
use crate::limits::Limit;
use crate::number::{Integer, Rational, Real};

use super::quantity::{parse_problem, rational};
use super::schema::VARIABLE;
use super::setup::{check_name, helped};
use super::{Field, Problem, initial, suggest};

/// The most values that one variable may choose from.
const MAX_VALUES: u64 = 1 << 53;

/// One variable.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What it may be.
    pub domain: Domain,
    /// Which of its values the scenario has by itself; 0 for a derived one.
    pub default: u64,
}

/// What a variable may be.
#[derive(Debug, Clone, PartialEq)]
pub enum Domain {
    /// One of a list, each as often as its weight says.
    Choices(Vec<(Rational, u64)>),
    /// `start`, `start + step`, and so on, `count` numbers.
    Grid {
        /// The first number.
        start: Rational,
        /// The distance between two of them.
        step: Rational,
        /// How many there are.
        count: u64,
    },
    /// A number that follows from the variables above.
    Derived(Expression),
}

impl Domain {
    /// How many values a free variable has; 1 for a derived one.
    pub fn count(&self) -> u64 {
        match self {
            Self::Choices(list) => u64::try_from(list.len()).unwrap_or(u64::MAX),
            Self::Grid { count, .. } => *count,
            Self::Derived(_) => 1,
        }
    }

    /// Whether the variable is free.
    pub fn is_free(&self) -> bool {
        !matches!(self, Self::Derived(_))
    }

    /// The value of that number, from 0, of a free variable.
    pub fn value(&self, index: u64) -> Option<Rational> {
        match self {
            Self::Choices(list) => Some(list.get(usize::try_from(index).ok()?)?.0.clone()),
            Self::Grid { start, step, count } if index < *count => {
                Some(start + step * Rational::from(index))
            }
            Self::Grid { .. } | Self::Derived(_) => None,
        }
    }

    /// The number of a value, from 0, of a free variable.
    pub fn position(&self, value: &Rational) -> Option<u64> {
        match self {
            Self::Choices(list) => {
                let found = list.iter().position(|(known, _)| known == value)?;
                u64::try_from(found).ok()
            }
            Self::Grid { start, step, count } => {
                let steps = (value - start) / step;
                let index = u64::try_from(steps.numerator().clone()).ok()?;
                (steps.is_int() && index < *count).then_some(index)
            }
            Self::Derived(_) => None,
        }
    }
}

/// A value for every variable, in their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Assignment {
    values: Vec<(String, Real)>,
}

impl Assignment {
    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&Real> {
        self.values.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// One for each name, where nothing better is known.
    pub(super) fn of_ones(names: Vec<String>) -> Self {
        Self { values: names.into_iter().map(|name| (name, Real::one())).collect() }
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Real)> {
        self.values.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there are no variables.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// Why a derived variable has no value.
#[derive(Debug, Clone, PartialEq)]
pub struct Underivable {
    /// The variable.
    pub name: String,
    /// The reason.
    pub failure: Failure,
}

/// How many assignments there are.
pub fn space(variables: &[Variable]) -> Integer {
    variables.iter().map(|variable| Integer::from(variable.domain.count())).product()
}

/// The assignment in which each free variable has the value of that number; `picks` are in
/// the order of the variables, those of derived ones are passed over.
///
/// # Errors
///
/// A derived variable that is undefined for these values, or that can't be computed.
pub fn assign(variables: &[Variable], picks: &[u64]) -> Result<Assignment, Underivable> {
    let free = |index: usize, variable: &Variable| {
        let pick = picks.get(index).copied().unwrap_or_default();
        Real::from(variable.domain.value(pick).unwrap_or_default())
    };
    assigned(variables, &free)
}

/// The assignment with other values for some free variables, and what follows from them.
pub(super) fn replaced(
    variables: &[Variable],
    base: &Assignment,
    values: &[(&str, Real)],
) -> Result<Assignment, Underivable> {
    let free = |_: usize, variable: &Variable| {
        let own = values.iter().find(|(name, _)| *name == variable.name);
        let known = own.map(|(_, value)| value).or_else(|| base.get(&variable.name));
        known.cloned().unwrap_or_else(Real::zero)
    };
    assigned(variables, &free)
}

/// The values that `free` answers, and those that follow from them.
fn assigned(
    variables: &[Variable],
    free: &dyn Fn(usize, &Variable) -> Real,
) -> Result<Assignment, Underivable> {
    let mut assignment = Assignment::default();
    for (index, variable) in variables.iter().enumerate() {
        let value = match &variable.domain {
            Domain::Derived(expression) => {
                let mut prove = Prove;
                let zero_over_zero = ZeroOverZero::Undefined;
                let mut evaluator = Evaluator { decide: &mut prove, zero_over_zero };
                let value = evaluator.evaluate(expression, &|name| {
                    let known = assignment.get(name).cloned();
                    known.ok_or_else(|| Failure::OutOfRange(name.to_owned()))
                });
                let name = || variable.name.clone();
                value.map_err(|failure| Underivable { name: name(), failure })?
            }
            Domain::Choices(_) | Domain::Grid { .. } => free(index, variable),
        };
        assignment.values.push((variable.name.clone(), value));
    }
    Ok(assignment)
}

/// The numbers of the default values.
pub fn defaults(variables: &[Variable]) -> Vec<u64> {
    variables.iter().map(|variable| variable.default).collect()
}

/// Reads the variables; what is wrong with one does not hide the others.
pub(super) fn read(field: &Field<'_>) -> Option<Vec<Variable>> {
    let mut list: Vec<Variable> = Vec::new();
    let mut above: Vec<&str> = Vec::new();
    let mut sound = true;
    let entries = field.entries()?;
    if entries.len() > Limit::Variables.count() {
        let what = format!("{} variables", entries.len());
        field.exceeds(Limit::Variables, what, u64::try_from(entries.len()).ok());
        return None;
    }
    for (key, own) in entries {
        check_name(&own, key, "variable");
        if initial::is_kind(&key.text) {
            let message = format!("`{}` is the name of an initializer", key.text);
            own.refuse_key(key, message, Some("give the variable another name".into()));
            sound = false;
        }
        match variable(&key.text, &own, &above) {
            Some(variable) => list.push(variable),
            None => sound = false,
        }
        // What is wrong with a variable is not told again of those that use it.
        above.push(&key.text);
    }
    sound.then_some(list)
}

const DOMAINS: &str = "give it one of `choose: [...]`, `integers: [low, high]`, \
                       `decimals: [low, high]` with a `step`, or an `expression`";

fn variable(name: &str, field: &Field<'_>, above: &[&str]) -> Option<Variable> {
    if !field.node().is_map() {
        let message = format!("expected what `{name}` may be, found {}", field.node().describe());
        field.refuse_with(message, DOMAINS);
        return None;
    }
    let mut map = field.fields(&VARIABLE)?;
    let kinds = ["choose", "integers", "decimals", "expression"];
    let given: Vec<_> = kinds.iter().filter_map(|kind| Some((*kind, map.take(kind)?))).collect();
    let domain = match given.as_slice() {
        [("choose", list)] => choices(list, map.take("weights")),
        [("integers", bounds)] => integers(bounds),
        [("decimals", bounds)] => {
            let step = map.required("step").and_then(|step| positive(&step));
            grid(bounds, step)
        }
        [("expression", text)] => derived(text, above),
        [(first, _), (second, other), ..] => {
            other.refuse(format!("`{name}` has `{first}` already; leave out that or `{second}`"));
            None
        }
        _ => {
            // A misspelt kind is not missing too.
            let keys = field.entries().unwrap_or_default();
            if !keys.iter().any(|(key, _)| suggest(&key.text, kinds).is_some()) {
                field.refuse_with(format!("what may `{name}` be?"), DOMAINS);
            }
            None
        }
    };
    let default = match (&domain, map.take("default")) {
        (Some(Domain::Derived(_)), Some(default)) => {
            default.refuse("a derived variable follows from the others and has no default");
            None
        }
        (Some(domain), Some(default)) => {
            let value = rational(&default)?;
            let found = domain.position(&value);
            if found.is_none() {
                let message = format!("the default is none of the values that `{name}` may have");
                default.refuse_with(message, "choose one of them, or add this value");
            }
            found
        }
        _ => Some(0),
    };
    map.finish();
    Some(Variable { name: name.to_owned(), domain: domain?, default: default? })
}

fn choices(field: &Field<'_>, weights: Option<Field<'_>>) -> Option<Domain> {
    let items = field.items()?;
    if items.is_empty() {
        field.refuse("a variable has at least one choice");
        return None;
    }
    if items.len() > Limit::Choices.count() {
        let what = format!("{} choices", items.len());
        field.exceeds(Limit::Choices, what, u64::try_from(items.len()).ok());
        return None;
    }
    let values: Option<Vec<Rational>> = items.iter().map(rational).collect();
    let values = values?;
    for (index, value) in values.iter().enumerate() {
        if values[..index].contains(value) {
            items[index].refuse("this choice is listed twice; `weights` make one more likely");
            return None;
        }
    }
    let Some(weights) = weights else {
        return Some(Domain::Choices(values.into_iter().map(|value| (value, 1)).collect()));
    };
    let list = weights.items()?;
    let numbers: Option<Vec<u64>> =
        list.iter().map(|weight| weight.unsigned_in(1..=1_000_000)).collect();
    let numbers = numbers?;
    if numbers.len() != values.len() {
        let (choices, weighed) = (values.len(), numbers.len());
        weights.refuse(format!("each choice has a weight: {choices} choices, weights: {weighed}"));
        return None;
    }
    Some(Domain::Choices(values.into_iter().zip(numbers).collect()))
}

/// The whole numbers of `[low, high]`.
fn integers(field: &Field<'_>) -> Option<Domain> {
    let domain = grid(field, Some(Rational::ONE))?;
    if let Domain::Grid { start, .. } = &domain
        && !start.is_int()
    {
        field.refuse_with(
            "the bounds of whole numbers are whole numbers",
            "write `decimals: [low, high]` with a `step` for others",
        );
        return None;
    }
    Some(domain)
}

/// `[low, high]` in steps, both ends included where the steps meet them.
fn grid(field: &Field<'_>, step: Option<Rational>) -> Option<Domain> {
    let items = field.items()?;
    let [low, high] = items.as_slice() else {
        field.refuse("expected the two bounds, `[low, high]`");
        return None;
    };
    let (low, high) = (rational(low), rational(high));
    let (low, high, step) = (low?, high?, step?);
    if low > high {
        field.refuse_with("the lower bound stands first", "exchange the two numbers");
        return None;
    }
    let count = Rational::from(((high - &low) / &step).floor()) + Rational::ONE;
    let count = u64::try_from(count.numerator().clone()).ok().filter(|count| *count <= MAX_VALUES);
    if count.is_none() {
        field.refuse(format!("a variable has at most {MAX_VALUES} values"));
    }
    Some(Domain::Grid { start: low, step, count: count? })
}

fn positive(field: &Field<'_>) -> Option<Rational> {
    let number = rational(field)?;
    if number <= Rational::ZERO {
        field.refuse("the step is above 0");
        return None;
    }
    Some(number)
}

fn derived(field: &Field<'_>, above: &[&str]) -> Option<Domain> {
    let parsed = match parse(&field.text()?.text) {
        Ok(parsed) => parsed,
        Err(error) => {
            field.report().push(parse_problem(field, 0, error));
            return None;
        }
    };
    let known = || above.iter().copied();
    let mut sound = true;
    for mention in &parsed.names {
        if !known().any(|name| name == mention.name) {
            let message = format!("there is no variable `{}` above this one", mention.name);
            let problem = Problem::new(field.node().place_of(mention.offset), message)
                .in_field(field.path())
                .with_width(mention.name.len());
            field.report().push(helped(problem, suggest(&mention.name, known())));
            sound = false;
        }
    }
    sound.then_some(Domain::Derived(parsed.expression))
}

/// The default assignment; a derived variable that is undefined there is a problem.
pub(super) fn default_assignment(field: &Field<'_>, variables: &[Variable]) -> Option<Assignment> {
    match assign(variables, &defaults(variables)) {
        Ok(assignment) => Some(assignment),
        Err(Underivable { name, failure }) => {
            let reason = match failure {
                Failure::Undefined { cause, expression } => format!("{cause} in `{expression}`"),
                Failure::Undecided { expression, .. } => format!("`{expression}` is undecided"),
                Failure::OutOfRange(expression) => format!("`{expression}` is too large"),
            };
            let message = format!("`{name}` has no value where the others have their defaults");
            let entries = field.entries().unwrap_or_default();
            let own = entries.into_iter().find(|(key, _)| key.text == name);
            own.map_or_else(|| field.clone(), |(_, own)| own)
                .refuse(format!("{message}: {reason}"));
            None
        }
    }
}
