//! Where parameters start: values, or the distributions that they are drawn from.

use crate::formula::shape::{Shape, Size};
use crate::initialization::distribution::Family;
use crate::initialization::formula::Names;
use crate::initialization::scheme::{self, Scheme};
use crate::number::{Fault, Rational, Real};
use crate::scenario::{Initial, Parameter, Setup};

use super::prose::Prose;
use super::show::{MAX_SHOWN, Numbers};
use super::words::with_mark;

/// Parameters that start alike, and from what.
struct Group<'a> {
    parameters: Vec<&'a Parameter>,
    scheme: &'a Scheme,
    shape: &'a Shape,
}

/// The values that runs start from where they are drawn, `W = …`.
pub(super) fn drawn(setup: &Setup, numbers: &Numbers<'_>) -> Result<Vec<String>, Fault> {
    let random = setup.parameters.iter().filter(|parameter| match &parameter.initial {
        Initial::Drawn { scheme, .. } => scheme.is_random(),
        Initial::Exact(_) | Initial::Filled { .. } => false,
    });
    random
        .filter(|parameter| parameter.initial.size() <= MAX_SHOWN)
        .map(|parameter| {
            let value = numbers.given(&parameter.initial.tensor())?.latex();
            Ok(format!("{} = {value}", setup.notation.latex(&parameter.name)))
        })
        .collect()
}

/// The given initial values as equations, `w = 1`.
pub(super) fn values(setup: &Setup, numbers: &Numbers<'_>) -> Result<Vec<String>, Fault> {
    let mut list = Vec::new();
    for parameter in &setup.parameters {
        let name = setup.notation.latex(&parameter.name);
        let one = match &parameter.initial {
            Initial::Drawn { .. } => continue,
            Initial::Filled { value, .. } if parameter.initial.size() > MAX_SHOWN => {
                let value = numbers.given(&value.clone().into())?.latex();
                format!("{} = {value}", entry(&name))
            }
            given @ (Initial::Exact(_) | Initial::Filled { .. }) => {
                format!("{name} = {}", numbers.given(&given.tensor())?.latex())
            }
        };
        list.push(one);
    }
    Ok(list)
}

/// One sentence for each distribution, with its formula and its values for the shapes at hand.
pub(super) fn distributions(
    setup: &Setup,
    prose: &Prose,
    numbers: &Numbers<'_>,
) -> Result<Vec<String>, Fault> {
    distributions_of(setup, &|_| true, prose, numbers)
}

/// Whether two parameters start from the same.
pub(super) fn alike(left: Option<&Initial>, right: Option<&Initial>) -> bool {
    match (left, right) {
        (Some(Initial::Drawn { scheme: a, .. }), Some(Initial::Drawn { scheme: b, .. })) => a == b,
        (Some(Initial::Filled { value: a, .. }), Some(Initial::Filled { value: b, .. })) => a == b,
        (Some(Initial::Exact(a)), Some(Initial::Exact(b))) => a == b,
        _ => false,
    }
}

/// As [`distributions`], of some of the parameters.
pub(super) fn distributions_of(
    setup: &Setup,
    shown: &dyn Fn(&Parameter) -> bool,
    prose: &Prose,
    numbers: &Numbers<'_>,
) -> Result<Vec<String>, Fault> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for parameter in setup.parameters.iter().filter(|parameter| shown(parameter)) {
        let Initial::Drawn { scheme, .. } = &parameter.initial else { continue };
        let shape = setup.shapes.get(&parameter.name).unwrap_or(&Shape::Scalar);
        match groups.iter_mut().find(|group| group.scheme == scheme && group.shape == shape) {
            Some(group) => group.parameters.push(parameter),
            None => groups.push(Group { parameters: vec![parameter], scheme, shape }),
        }
    }
    groups.iter().map(|group| group.sentence(setup, prose, numbers)).collect()
}

impl Group<'_> {
    fn sentence(
        &self,
        setup: &Setup,
        prose: &Prose,
        numbers: &Numbers<'_>,
    ) -> Result<String, Fault> {
        let kind = prose.word(&format!("initializer_{}", self.scheme.kind_name()));
        let blanks =
            [("formula", format!("${}$", self.formula(setup, prose.mark()))), ("name", kind)];
        let key = if self.scheme.is_random() { "initializer_drawn" } else { "initializer_fixed" };
        let mut parts = vec![prose.say(key, &blanks)];
        parts.extend(self.spread(prose, numbers)?);
        Ok(format!("{}.", parts.join("; ")))
    }

    /// `W_{ij} \sim \mathcal{N}(0, 2/n) = \mathcal{N}(0, 2/512)`
    fn formula(&self, setup: &Setup, mark: char) -> String {
        let latex: Vec<String> =
            self.parameters.iter().map(|one| setup.notation.latex(&one.name)).collect();
        let (rows, columns) = match self.shape {
            Shape::Scalar => ("1".to_owned(), "1".to_owned()),
            Shape::Matrix(rows, columns) => (rows.to_string(), columns.to_string()),
        };
        let counts = self.counts();
        let one = |rows: &str, columns: &str| {
            let names = Names { parameter: &latex[0], rows, columns, shape: counts };
            with_mark(&self.scheme.formula(&names), mark)
        };
        let symbols = one(&rows, &columns);
        let whole = symbols.contains(r"\top") || symbols.contains('I');
        let listed = match latex.as_slice() {
            [first, _, _, .., last] => vec![first.clone(), r"\dots".to_owned(), last.clone()],
            all => all.to_vec(),
        };
        let entry = |name: &String| match self.shape {
            Shape::Matrix(..) if !whole && name != r"\dots" => entry(name),
            _ => name.clone(),
        };
        let names: Vec<String> = listed.iter().map(entry).collect();
        let names = names.join(", ");
        let mut formula = match (self.scheme.is_random(), symbols.contains(r"\top")) {
            (true, true) => symbols.clone(),
            (true, false) => format!(r"{names} \sim {symbols}"),
            (false, _) => format!("{names} = {symbols}"),
        };
        if let Some(shape) = counts {
            let numbers = one(&shape.rows.to_string(), &shape.columns.to_string());
            if numbers != symbols && !symbols.contains(r"\top") && !symbols.contains(r"\#") {
                formula.push_str(&format!(" = {numbers}"));
            }
        }
        formula
    }

    fn counts(&self) -> Option<scheme::Shape> {
        let (rows, columns) = self.shape.counts()?;
        Some(scheme::Shape::new(rows, columns))
    }

    /// Bound and standard deviation as numbers, where the sizes have values.
    fn spread(&self, prose: &Prose, numbers: &Numbers<'_>) -> Result<Vec<String>, Fault> {
        let Some(shape) = self.counts().filter(|_| self.scheme.is_random()) else {
            return Ok(Vec::new());
        };
        let distribution = self.scheme.distribution(shape);
        let exact = distribution.exact_variance.map(|variance| {
            Rational::from(variance.numerator()) / Rational::from(variance.denominator())
        });
        let root = |times: i64, double: f64| -> Result<String, Fault> {
            let real = exact.as_ref().map(|exact| exact * Rational::from(times));
            match real.and_then(|square| Real::from(square).sqrt().ok()) {
                Some(root) => Ok(related(&numbers.computed(&root)?)),
                None => Ok(related(&numbers.estimate(double, 1e-13)?)),
            }
        };
        let mut parts = Vec::new();
        if let (Family::Uniform { low, high }, true) =
            (distribution.family, self.scheme.variance_formula(&EMPTY).is_some())
        {
            let blanks = [("value", root(3, (high - low) / 2.0)?)];
            parts.push(prose.say("initializer_bound", &blanks));
        }
        let blanks = [("value", root(1, distribution.std())?)];
        parts.push(prose.say("initializer_std", &blanks));
        Ok(parts)
    }
}

const EMPTY: Names<'_> = Names { parameter: "", rows: "", columns: "", shape: None };

fn related(shown: &crate::formula::Shown) -> String {
    format!("{} {}", if shown.exact { "=" } else { r"\approx" }, shown.latex())
}

/// The entry of a matrix: `W_{ij}`, `W_{1,ij}`.
fn entry(name: &str) -> String {
    match name.strip_suffix('}').filter(|name| name.contains("_{")) {
        Some(stem) => format!("{stem},ij}}"),
        None => format!("{name}_{{ij}}"),
    }
}

/// A size's name and value, `n = 512`, where it has both.
pub(super) fn sizes(setup: &Setup) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for shape in setup.leaves.iter().filter_map(|leaf| setup.shapes.get(leaf)) {
        let Shape::Matrix(rows, columns) = shape else { continue };
        for size in [rows, columns] {
            if let Size { name: Some(name), value: Some(value) } = size {
                let one = format!("{} = {value}", setup.notation.latex(name));
                if !list.contains(&one) {
                    list.push(one);
                }
            }
        }
    }
    list
}
