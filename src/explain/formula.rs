//! How one quantity follows from others: its expression, and what every name in it means.

use crate::catalogue::{Form, Line, Over, Rule};
use crate::derivation::{self, ADJOINT, GRADIENT};
use crate::formula::{Expression, adjoint};
use crate::number::{Rational, Real, exact_input_text};

use super::course::Course;
use super::quantity::Quantity;

/// The most examples of a batch that are all told.
pub(super) const MAX_EXAMPLES: usize = 8;

/// What a name in an expression stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Meaning {
    /// A quantity with a line of its own.
    Quantity(Quantity),
    /// A number without one, such as the iteration.
    Number(Real),
    /// Itself.
    Literal,
}

/// What there is to say beside a line.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Note {
    /// Nothing changes the value in this iteration.
    Kept,
    /// The condition under which the rule takes this formula.
    Condition(String),
    /// Entries of a matrix take different cases of the rule.
    Cases,
    /// The number of iterations before.
    Before(usize),
    /// So many examples arise in the same way as the first.
    Others(usize),
}

/// A quantity's expression, the names in it as they print.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Formula {
    /// `None` where there is no single one.
    pub expression: Option<Expression>,
    pub names: Vec<(String, Meaning)>,
    pub notes: Vec<Note>,
}

/// How a name prints, and what it means.
type Read<'r> = dyn Fn(&str) -> (String, Meaning) + 'r;

impl Formula {
    /// The expression with its names read.
    fn read(mut self, expression: &Expression, read: &Read<'_>) -> Self {
        self.expression = Some(self.add(expression, read));
        self
    }

    /// Takes in the names of an expression; the expression as it prints.
    fn add(&mut self, expression: &Expression, read: &Read<'_>) -> Expression {
        expression.map(&mut |node| {
            let Expression::Name(name) = node else { return None };
            let (printed, meaning) = read(name);
            if !self.names.iter().any(|(known, _)| *known == printed) {
                self.names.push((printed.clone(), meaning));
            }
            Some(Expression::Name(printed))
        })
    }

    /// Another quantity's value.
    fn same(printed: impl Into<String>, quantity: Quantity) -> Self {
        let printed = printed.into();
        let names = vec![(printed.clone(), Meaning::Quantity(quantity))];
        Self { expression: Some(Expression::Name(printed)), names, notes: Vec::new() }
    }

    fn noted(mut self, note: Note) -> Self {
        self.notes.push(note);
        self
    }

    /// What the quantity depends on.
    pub(super) fn quantities(&self) -> impl Iterator<Item = &Quantity> {
        self.names.iter().filter_map(|(_, meaning)| match meaning {
            Meaning::Quantity(quantity) => Some(quantity),
            Meaning::Number(_) | Meaning::Literal => None,
        })
    }
}

/// One line of a rule, at its place.
struct Place<'r> {
    t: usize,
    parameter: &'r str,
    rule: &'r Rule,
    /// The lines above it.
    above: &'r [Line],
}

impl Course<'_> {
    /// How a quantity follows from others; `None` for a number of the scenario.
    pub(super) fn formula(&self, quantity: &Quantity) -> Option<Formula> {
        if self.is_input(quantity) {
            return self.start(quantity);
        }
        match quantity {
            Quantity::Datum { .. } | Quantity::Setting { .. } | Quantity::Rate { .. } => None,
            Quantity::LookAhead { t, parameter } => Some(self.look_ahead(*t, parameter)),
            Quantity::Forward { t, example, name } => Some(self.forward(*t, *example, name)),
            Quantity::Adjoint { t, example, name } => {
                let expression = derivation::adjoint_of(self.setup, name);
                let expression = expression.unwrap_or_else(|| Expression::integer(0));
                Some(self.in_pass(*t, *example, &expression))
            }
            Quantity::Part { t, example, parameter } => {
                let expression = derivation::gradient_of(self.setup, parameter);
                Some(self.in_pass(*t, *example, &expression))
            }
            Quantity::Loss { t } => Some(match self.examples(*t) {
                0 | 1 => self.forward(*t, 1, "loss"),
                _ => self.batch(*t, "loss", &|example| Quantity::Forward {
                    t: *t,
                    example,
                    name: "loss".to_owned(),
                }),
            }),
            Quantity::Gradient { t, parameter } => Some(match self.examples(*t) {
                0 | 1 => {
                    let expression = derivation::gradient_of(self.setup, parameter);
                    self.in_pass(*t, 1, &expression)
                }
                _ => self.batch(*t, &format!("grad.{parameter}"), &|example| Quantity::Part {
                    t: *t,
                    example,
                    parameter: parameter.clone(),
                }),
            }),
            Quantity::State { t, state, parameter } => Some(self.assigned(*t, state, parameter)),
            Quantity::Parameter { t, name } => Some(self.parameter(*t, name)),
            Quantity::Used { t, parameter } => {
                let rule = self.run.rule_of(parameter);
                let (printed, quantity) = match rule.used_gradient.clone() {
                    Some(state) => {
                        let printed = format!("{state}.{parameter}");
                        (printed, Quantity::State { t: *t, state, parameter: parameter.clone() })
                    }
                    None => {
                        let quantity = Quantity::Gradient { t: *t, parameter: parameter.clone() };
                        (format!("grad.{parameter}"), quantity)
                    }
                };
                Some(Formula::same(printed, quantity))
            }
        }
    }

    /// The option that a state starts at.
    fn start(&self, quantity: &Quantity) -> Option<Formula> {
        let Quantity::State { t, state, parameter } = quantity else { return None };
        let rule = self.run.rule_of(parameter);
        let start = &rule.state(state)?.start;
        let given = self.setup.initial_state.get(state);
        if matches!(start, Expression::Number(_))
            || given.is_some_and(|values| values.get(parameter).is_some())
        {
            return None;
        }
        let place = Place { t: *t, parameter, rule: &rule, above: &[] };
        Some(Formula::default().read(start, &|name| self.setting(name, &place)))
    }

    /// The parameter that an iteration starts from.
    fn before(&self, t: usize, name: &str) -> Quantity {
        let start = self.setup.start_iteration;
        let t = if self.is_frozen(name) { start } else { t.saturating_sub(1).max(start) };
        Quantity::Parameter { t, name: name.to_owned() }
    }

    fn parameter(&self, t: usize, name: &str) -> Formula {
        if self.is_frozen(name) {
            let start = self.setup.start_iteration;
            return Formula::same(format!("t{start}.{name}"), self.before(t, name))
                .noted(Note::Kept);
        }
        self.assigned(t, "theta", name)
    }

    fn forward(&self, t: usize, example: usize, name: &str) -> Formula {
        if self.setup.inputs.iter().any(|input| input == name) {
            let datum = self.datum(t, example, name);
            let number = if let Quantity::Datum { example, .. } = &datum { *example } else { 0 };
            return Formula::same(format!("data.d{number}.{name}"), datum);
        }
        match self.setup.definition(name) {
            Some(expression) => self.in_pass(t, example, expression),
            None => Formula::default(),
        }
    }

    fn datum(&self, t: usize, example: usize, name: &str) -> Quantity {
        let batch = self.record(t).map_or(&[][..], |record| &record.batch);
        let number = example.checked_sub(1).and_then(|index| batch.get(index));
        Quantity::Datum { example: number.copied().unwrap_or(0), name: name.to_owned() }
    }

    /// An expression over the values of one example's forward and backward pass.
    fn in_pass(&self, t: usize, example: usize, expression: &Expression) -> Formula {
        let shifted = self.record(t).is_some_and(|record| record.look_ahead.is_some());
        Formula::default().read(expression, &|name| {
            if name == adjoint::ONES {
                return ("ones".to_owned(), Meaning::Literal);
            }
            if let Some(inner) = name.strip_prefix(ADJOINT) {
                let quantity = Quantity::Adjoint { t, example, name: inner.to_owned() };
                return (format!("adjoint.{inner}"), Meaning::Quantity(quantity));
            }
            let own = name.to_owned();
            if self.setup.is_parameter(name) {
                if shifted && !self.is_frozen(name) {
                    let quantity = Quantity::LookAhead { t, parameter: own };
                    return (format!("look_ahead.{name}"), Meaning::Quantity(quantity));
                }
                return (own, Meaning::Quantity(self.before(t, name)));
            }
            if self.setup.inputs.contains(&own) {
                return (own, Meaning::Quantity(self.datum(t, example, name)));
            }
            let quantity = Quantity::Forward { t, example, name: own.clone() };
            (own, Meaning::Quantity(quantity))
        })
    }

    /// The mean, or the sum, of what the examples give.
    fn batch(&self, t: usize, name: &str, part: &dyn Fn(usize) -> Quantity) -> Formula {
        let count = self.examples(t);
        if count > MAX_EXAMPLES {
            let sum = format!("(e1.{name} + ... + e{count}.{name})");
            let names = vec![
                (format!("e1.{name}"), Meaning::Quantity(part(1))),
                (sum.clone(), Meaning::Literal),
            ];
            let whole = derivation::of_sum(self.setup.reduction, count, Expression::Name(sum));
            let notes = vec![Note::Others(count - 1)];
            return Formula { expression: Some(whole), names, notes };
        }
        let whole = derivation::of_batch(self.setup.reduction, count);
        Formula::default().read(&whole, &|mark| match derivation::part(mark) {
            Some(index) => (format!("e{}.{name}", index + 1), Meaning::Quantity(part(index + 1))),
            None => (mark.to_owned(), Meaning::Literal),
        })
    }

    fn look_ahead(&self, t: usize, parameter: &str) -> Formula {
        let rule = self.run.rule();
        let place = Place { t, parameter, rule: &rule, above: &[] };
        match &rule.look_ahead {
            Some(point) => Formula::default().read(point, &|name| self.rule_name(name, &place)),
            None => Formula::same(
                format!("t{}.{parameter}", t.saturating_sub(1)),
                self.before(t, parameter),
            ),
        }
    }

    /// What a line of the rule gives; a state without a line stays what it was.
    fn assigned(&self, t: usize, name: &str, parameter: &str) -> Formula {
        let rule = self.run.rule_of(parameter);
        let lines = Self::lines(&rule, t);
        let Some(index) = lines.iter().position(|line| line.name == name) else {
            let t = t.saturating_sub(1);
            let own = parameter.to_owned();
            let old = Quantity::State { t, state: name.to_owned(), parameter: own };
            return Formula::same(format!("t{t}.{name}.{parameter}"), old).noted(Note::Kept);
        };
        let (above, line) = (&lines[..index], &lines[index]);
        let place = Place { t, parameter, rule: &rule, above };
        let read = |name: &str| self.rule_name(name, &place);
        let mut formula = Formula::default();
        if line.over == Over::NormOfAll {
            let gradient = self.record(t).map(|record| &record.gradient);
            let norm = gradient.map(derivation::norm_of_all);
            return match norm {
                Some(norm) => formula.read(&norm, &read),
                None => formula,
            };
        }
        let counts = line.expressions().any(|expression| {
            expression.any(&mut |node| match node {
                Expression::Name(name) => self.scheduled(name).is_some(),
                _ => false,
            })
        });
        if counts {
            formula.notes.push(Note::Before(t.saturating_sub(1)));
        }
        let scalar =
            self.carried(&self.before(t, parameter)).is_some_and(|own| own.shape().is_none());
        let readable = |expression: &Expression| {
            if scalar { derivation::of_numbers(expression) } else { expression.clone() }
        };
        let record = self.record(t);
        let chosen = record.and_then(|record| record.cases.get(&line.name)?.get(parameter));
        let chosen = chosen.map_or(&[][..], Vec::as_slice);
        let Some(first) = chosen.first() else {
            return formula.read(&readable(&line.expression), &read);
        };
        if chosen.iter().any(|other| other != first) {
            for expression in line.expressions() {
                formula.add(&readable(expression), &read);
            }
            return formula.noted(Note::Cases);
        }
        if let Some((left, comparison, right)) = derivation::condition(line, *first) {
            let left = formula.add(&readable(left), &read);
            let right = formula.add(&readable(right), &read);
            let text = |side: &Expression| plain(side).to_string();
            let text = format!("{} {} {}", text(&left), comparison.symbol(), text(&right));
            formula.notes.push(Note::Condition(text));
        }
        let case = first.and_then(|index| line.cases.get(index));
        let expression = case.map_or(&line.expression, |case| &case.expression);
        formula.read(&readable(expression), &read)
    }

    /// A name in a line of the rule.
    fn rule_name(&self, name: &str, place: &Place<'_>) -> (String, Meaning) {
        let Place { t, parameter, rule, above } = place;
        let (t, own, old) = (*t, (*parameter).to_owned(), t.saturating_sub(1));
        let state = |at: usize| {
            let state = Quantity::State { t: at, state: name.to_owned(), parameter: own.clone() };
            let state = self.shared(state, rule);
            let of = if let Quantity::State { parameter, .. } = &state { parameter } else { &own };
            let time = if at == t { String::new() } else { format!("t{at}.") };
            (format!("{time}{name}.{of}"), Meaning::Quantity(state))
        };
        let gradient = |of: &str| {
            let quantity = Quantity::Gradient { t, parameter: of.to_owned() };
            (format!("grad.{of}"), Meaning::Quantity(quantity))
        };
        if let Some((printed, value)) = self.scheduled_at(name, t) {
            return (printed, Meaning::Number(value));
        }
        if above.iter().any(|line| line.name == name) {
            return state(t);
        }
        if rule.state(name).is_some() {
            return state(old);
        }
        if let Some(other) = name.strip_prefix(GRADIENT) {
            return gradient(other);
        }
        let of_shape = |size: fn((usize, usize)) -> usize| {
            let value = self.carried(&self.before(t, parameter));
            let shape = value.and_then(|value| value.shape()).unwrap_or((1, 1));
            (name.to_owned(), Meaning::Number(Rational::from(size(shape)).into()))
        };
        match name {
            "t" => return (name.to_owned(), Meaning::Number(Rational::from(t).into())),
            "g" => return gradient(parameter),
            "theta" => {
                let before = self.before(t, parameter);
                let t = before.iteration().unwrap_or(old);
                return (format!("t{t}.{parameter}"), Meaning::Quantity(before));
            }
            "rows" => return of_shape(|(rows, _)| rows),
            "columns" => return of_shape(|(_, columns)| columns),
            "learning_rate" if self.run.rate_varies() => {
                return (name.to_owned(), Meaning::Quantity(Quantity::Rate { t }));
            }
            _ => {}
        }
        // A rate by a schedule is known at the look-ahead point, before the other lines.
        if Self::lines(rule, t).iter().any(|line| line.name == name) {
            return state(t);
        }
        self.setting(name, place)
    }

    /// An option that is a number.
    fn setting(&self, name: &str, place: &Place<'_>) -> (String, Meaning) {
        let own = place.parameter.to_owned();
        let options = self.run.options_of(place.parameter);
        if options.number(name).is_none() {
            return (name.to_owned(), Meaning::Literal);
        }
        let special = options.number(name) != self.run.options.number(name);
        let setting =
            Quantity::Setting { parameter: special.then_some(own), name: name.to_owned() };
        (name.to_owned(), Meaning::Quantity(setting))
    }

    /// What is the same for all parameters is told once, under the name of the first.
    fn shared(&self, quantity: Quantity, rule: &Rule) -> Quantity {
        match quantity {
            Quantity::State { t, state, parameter }
                if self.run.overrides.is_empty()
                    && rule.state(&state).is_none()
                    && rule.is_shared(&state) =>
            {
                let first = self.setup.trained_names().next().map(str::to_owned);
                Quantity::State { t, state, parameter: first.unwrap_or(parameter) }
            }
            other => other,
        }
    }

    fn scheduled(&self, name: &str) -> Option<&crate::catalogue::Quantity> {
        self.run.schedule.as_ref()?.quantity(name)
    }

    /// A value by the number k of iterations before, for which the language has no function.
    fn scheduled_at(&self, name: &str, t: usize) -> Option<(String, Real)> {
        let quantity = self.scheduled(name)?;
        let values = self.run.scheduled(t);
        let (_, value) = values.into_iter().find(|(known, _)| *known == name)?;
        let count = if quantity.after == Rational::ZERO {
            "k".to_owned()
        } else {
            format!("max(k - {}, 0)", exact_input_text(&quantity.after))
        };
        let printed = match &quantity.form {
            Form::Count => count,
            Form::Floor(size) => format!("floor({count}/{size})"),
            Form::Cosine(period) => {
                let period = exact_input_text(period);
                format!("cos(pi*min({count}, {period})/{period})")
            }
        };
        Some((printed, value))
    }
}

/// The expression with decimals where it has fractions that end.
pub(super) fn plain(expression: &Expression) -> Expression {
    expression.map(&mut |node| match node {
        Expression::Number(number) => Some(Expression::Shown(super::numbers::exact(number))),
        _ => None,
    })
}
