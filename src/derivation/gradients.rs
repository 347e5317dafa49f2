//! Gradients in symbols: by the chain rule, or from adjoint to adjoint.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::formula::{Expression, Operator, adjoint, chain};
use crate::scenario::Setup;

/// Marks the name of an adjoint inside an expression.
pub(crate) const ADJOINT: &str = "adjoint ";
const LOSS: &str = "loss";

/// The expression with `inline` definitions in the place of their names.
pub(crate) fn write_out<'e>(setup: &Setup, expression: &'e Expression) -> Cow<'e, Expression> {
    if setup.inline.iter().any(|name| expression.mentions(name)) {
        Cow::Owned(without(&setup.inline, setup, expression))
    } else {
        Cow::Borrowed(expression)
    }
}

/// The expression with the definitions of these names in their place.
fn without(names: &[String], setup: &Setup, expression: &Expression) -> Expression {
    expression.map(&mut |node| match node {
        Expression::Name(name) if names.contains(name) => {
            setup.definition(name).map(|inner| without(names, setup, inner))
        }
        _ => None,
    })
}

/// The gradients of a set-up in symbols.
///
/// Each is one sum of chain-rule products, as long as there are few ways from the loss to
/// the parameter; else it goes through the adjoints of the definitions.
pub(crate) struct Gradients {
    /// The adjoints that the gradients use, in reverse order of definition.
    pub adjoints: Vec<(String, Expression)>,
    /// The gradient of every parameter.
    pub gradients: Vec<(String, Expression)>,
}

impl Gradients {
    /// The gradients of the set-up's loss.
    pub(crate) fn new(setup: &Setup) -> Self {
        let direct = if setup.is_scalar() { Self::direct(setup) } else { None };
        direct.unwrap_or_else(|| Self::by_adjoints(setup, &setup.inline))
    }

    /// The same through the adjoints of the definitions, those of `shown` among them even where
    /// they are inline.
    pub(crate) fn through(setup: &Setup, shown: &[&str]) -> Self {
        let hidden = setup.inline.iter().filter(|name| !shown.contains(&name.as_str()));
        Self::by_adjoints(setup, &hidden.cloned().collect::<Vec<_>>())
    }

    /// The adjoints that these gradients go through, and `asked`, with those that these go through.
    pub(crate) fn adjoints_in_use<'g>(
        &self,
        gradients: impl Iterator<Item = &'g Expression>,
        asked: &[&str],
    ) -> BTreeSet<String> {
        let mut used: BTreeSet<String> = asked.iter().map(|name| (*name).to_owned()).collect();
        let mut visit = |expression: &Expression| {
            for (name, _) in &self.adjoints {
                if expression.mentions(&format!("{ADJOINT}{name}")) {
                    used.insert(name.clone());
                }
            }
        };
        gradients.for_each(&mut visit);
        // An adjoint goes through those before it, in reverse order of definition.
        for (name, expression) in self.adjoints.iter().rev() {
            if used.contains(name) {
                let through = self.adjoints.iter().map(|(other, _)| other);
                let through = through
                    .filter(|other| expression.mentions(&format!("{ADJOINT}{other}")))
                    .cloned();
                used.extend(through);
            }
        }
        used
    }

    fn direct(setup: &Setup) -> Option<Self> {
        let loss = setup.definition(LOSS)?;
        let mut gradients = Vec::new();
        for parameter in setup.trained_names() {
            let lookup = |name: &str| setup.definition(name);
            let products = chain::derivative(loss, parameter, &lookup)?;
            gradients.push((parameter.to_owned(), sum(products)));
        }
        Some(Self { adjoints: Vec::new(), gradients })
    }

    fn by_adjoints(setup: &Setup, hidden: &[String]) -> Self {
        let inner = setup
            .model
            .iter()
            .rev()
            .filter(|line| line.name != LOSS && !hidden.contains(&line.name));
        let adjoints = inner
            .map(|line| (line.name.clone(), through_consumers(setup, &line.name, hidden)))
            .collect();
        let gradients = setup
            .trained_names()
            .map(|name| (name.to_owned(), through_consumers(setup, name, hidden)))
            .collect();
        Self { adjoints, gradients }
    }
}

/// The gradient of one parameter in symbols; every definition has a name of its own in it.
pub(crate) fn gradient_of(setup: &Setup, parameter: &str) -> Expression {
    let lookup = |name: &str| setup.definition(name);
    let direct = setup
        .definition(LOSS)
        .filter(|_| setup.is_scalar())
        .and_then(|loss| chain::derivative(loss, parameter, &lookup));
    direct.map_or_else(|| through_consumers(setup, parameter, &[]), sum)
}

/// The adjoint of one definition in symbols, from those of the definitions that use it;
/// none where nothing does.
pub(crate) fn adjoint_of(setup: &Setup, name: &str) -> Option<Expression> {
    let used = setup.model.iter().any(|line| line.expression.mentions(name));
    used.then(|| through_consumers(setup, name, &[]))
}

/// Σ over the definitions that use the name, of what their adjoint hands to it.
///
/// Names of `hidden` stand for their definitions and have no adjoint.
fn through_consumers(setup: &Setup, name: &str, hidden: &[String]) -> Expression {
    let mut summands = Vec::new();
    for line in setup.model.iter().filter(|line| !hidden.contains(&line.name)) {
        let expression = without(hidden, setup, &line.expression);
        let known = Expression::Name(format!("{ADJOINT}{}", line.name));
        let last = setup.model.last().is_some_and(|last| last.name == line.name);
        let given = if line.name == LOSS || (last && setup.definition(LOSS).is_none()) {
            None
        } else {
            Some(&known)
        };
        summands.extend(adjoint::shares(&expression, given, name, &setup.shapes));
    }
    adjoint::total(summands)
}

/// Products as one expression.
fn sum(products: Vec<chain::Product>) -> Expression {
    let term = |product: chain::Product| {
        let factors = product.factors.into_iter();
        let term = factors
            .reduce(|left, right| Expression::binary(Operator::Multiply, left, right))
            .unwrap_or_else(|| Expression::integer(1));
        if product.negative { Expression::Negate(Box::new(term)) } else { term }
    };
    adjoint::total(products.into_iter().map(term).collect())
}
