//! Initial values: exact numbers, or a distribution that they are drawn from.
//!
//! For a run the drawn values are rounded to [`DIGITS`] significant digits of the largest of
//! them. So the sheet can print them as they are, a student can start from what is printed,
//! and the run is as exact as any other. Experiments draw doubles, and round nothing.
//!
//! A stream is named by the scenario's seed and the parameter alone, so two set-ups start
//! alike where their initializers do.

use crate::formula::shape::Shape;
use crate::initialization::draw::draw;
use crate::initialization::exact::{Fraction, Number};
use crate::initialization::generator::Stream;
use crate::initialization::kinds::{KINDS, Kind, OptionType};
use crate::initialization::reader::{KindError, OptionValue, build};
use crate::initialization::scheme::{self, Scheme};
use crate::number::{Precision, Rational, Real, Rounding, parse_decimal, round};
use crate::trace::{Tensor, Value};

use super::definition::Initial;
use super::quantity::{real, tensor};
use super::schema::INITIALIZER;
use super::{Field, Problem, suggest};

/// The significant digits of the largest drawn value that a run starts from.
const DIGITS: u32 = 4;
/// The most decimal places of a drawn value.
const MAX_PLACES: u32 = 30;

/// The frameworks whose defaults an initializer may have.
const CONVENTIONS: [(&str, &str); 4] =
    [("pytorch", "pytorch"), ("keras", "keras"), ("optax", "optax"), ("paper", "paper")];

/// Reads the initial value of a parameter.
pub(super) fn read(
    field: &Field<'_>,
    name: &str,
    shape: Option<&Shape>,
    seed: u64,
) -> Option<Initial> {
    if let Some(kind) = bare_kind(field) {
        let scheme = scheme_of(field, kind, "", &[])?;
        return Some(drawn(scheme, name, shape, seed));
    }
    if field.node().is_map() {
        return Some(drawn(scheme(field)?, name, shape, seed));
    }
    if let (false, Some(shape @ Shape::Matrix(..))) = (field.node().is_list(), shape) {
        let value = real(field)?;
        let Some(counts) = shape.counts() else {
            let problem = field.problem(format!("the shape {shape} has no values to fill"));
            field.report().push(problem.with_help("give each size one in `dimensions`"));
            return None;
        };
        return Some(Initial::Filled { value, counts });
    }
    tensor(field, shape).map(Initial::Exact)
}

/// An initializer on its own, as the free adjoint has one.
pub(super) fn scheme(field: &Field<'_>) -> Option<Scheme> {
    if let Some(kind) = bare_kind(field) {
        return scheme_of(field, kind, "", &[]);
    }
    let mut map = field.fields(&INITIALIZER)?;
    let Some(kind_field) = map.take("kind") else {
        let problem = field.problem("the key `kind` is missing");
        field.report().push(problem.with_help("an initializer is `{kind: kaiming_normal, …}`"));
        return None;
    };
    let name = &kind_field.text()?.text;
    let Some(kind) = KINDS.iter().find(|kind| kind.name == *name) else {
        unknown(&kind_field, name);
        return None;
    };
    let convention = map.choice("convention", &CONVENTIONS).unwrap_or_default();
    let mut options = Vec::new();
    let mut complete = true;
    for option in kind.options {
        let given = match option.default {
            Some(_) => map.take(option.name),
            None => map.required(option.name),
        };
        match given.map(|given| (value(&given), given)) {
            Some((Some(value), given)) => options.push((option.name.to_owned(), value, given)),
            Some((None, _)) => complete = false,
            None => complete &= option.default.is_some(),
        }
    }
    map.finish();
    if complete { scheme_of(field, kind, convention, &options) } else { None }
}

/// A text that is the name of a kind.
fn bare_kind(field: &Field<'_>) -> Option<&'static Kind> {
    let text = &field.node().scalar()?.text;
    KINDS.iter().find(|kind| kind.name == *text)
}

fn unknown(field: &Field<'_>, name: &str) {
    let kinds = KINDS.iter().map(|kind| kind.name);
    let help = match suggest(name, kinds.clone()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("the kinds are {}", kinds.collect::<Vec<_>>().join(", ")),
    };
    let problem = field.problem(format!("there is no initializer `{name}`"));
    field.report().push(problem.with_help(help));
}

/// Whether an initializer has that name.
pub(super) fn is_kind(name: &str) -> bool {
    KINDS.iter().any(|kind| kind.name == name)
}

/// The nearest kind to a misspelt one.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    suggest(name, KINDS.iter().map(|kind| kind.name))
}

fn scheme_of(
    field: &Field<'_>,
    kind: &Kind,
    convention: &str,
    options: &[(String, OptionValue, Field<'_>)],
) -> Option<Scheme> {
    let values: Vec<_> =
        options.iter().map(|(name, value, _)| (name.clone(), value.clone())).collect();
    let place = |name: &str| {
        let given = options.iter().find(|(option, _, _)| option == name);
        given.map_or(field, |(_, _, given)| given)
    };
    let scheme = match build(kind.name, convention, &values) {
        Ok(scheme) => scheme,
        Err(errors) => {
            for error in errors {
                field.report().push(refusal(field, kind, &error, &place));
            }
            return None;
        }
    };
    let violations = scheme.violations();
    for violation in &violations {
        let rule = format!("`{}` of `{}` must {}", violation.field, kind.name, violation.must);
        place(violation.field).refuse(rule);
    }
    violations.is_empty().then_some(scheme)
}

fn refusal<'f>(
    field: &'f Field<'f>,
    kind: &Kind,
    error: &KindError,
    place: &dyn Fn(&str) -> &'f Field<'f>,
) -> Problem {
    match error {
        KindError::Value(name) => {
            let option = kind.options.iter().find(|option| option.name == *name);
            let expected = match option.map(|option| option.holds) {
                Some(OptionType::Gain) => {
                    "a number, or relu, leaky_relu(0.01), tanh, linear, sigmoid or selu".to_owned()
                }
                Some(OptionType::Choice(words)) => words.join(", "),
                Some(OptionType::Number) | None => "a number".to_owned(),
            };
            let found = place(name);
            found.problem(format!("`{name}` of `{}` takes {expected}", kind.name))
        }
        KindError::Missing(name) => {
            let problem = field.problem(format!("`{}` needs `{name}`", kind.name));
            problem.with_help(format!("write `{{kind: {}, {name}: …}}`", kind.name))
        }
        KindError::Kind(_) | KindError::Option(_) => field.problem(error.to_string()),
    }
}

/// The value of an option: a number, a word, or `leaky_relu(0.2)`.
fn value(field: &Field<'_>) -> Option<OptionValue> {
    let scalar = field.text()?;
    let text = scalar.text.trim();
    if !scalar.is_number() {
        if crate::formula::is_name(text) && field.report().variable(text).is_none() {
            return Some(OptionValue::Word(text.to_owned()));
        }
        let call = text.strip_suffix(')').and_then(|text| text.split_once('('));
        if let Some(("leaky_relu", slope)) = call
            && let Ok(slope) = parse_decimal(slope.trim())
        {
            return Some(OptionValue::Call("leaky_relu".into(), number(&Real::from(slope))));
        }
    }
    real(field).map(|real| OptionValue::Number(number(&real)))
}

/// A number as formulas of initializers keep it.
fn number(real: &Real) -> Number {
    let fraction = |real: &Real| {
        let value = real.as_rational()?;
        let numerator = i128::try_from(value.numerator().clone()).ok()?;
        Fraction::new(numerator, i128::try_from(value.denominator().clone()).ok()?)
    };
    let positive = real.to_f64() >= 0.0;
    fraction(real)
        .map(Number::Fraction)
        .or_else(|| fraction(&(real * real)).filter(|_| positive).map(Number::Root))
        .unwrap_or_else(|| Number::Real(real.to_f64()))
}

fn drawn(scheme: Scheme, name: &str, shape: Option<&Shape>, seed: u64) -> Initial {
    let stream = Box::new(Stream::new(seed).name("init").name(name));
    let counts = shape.map_or(Some(None), |shape| match shape {
        Shape::Scalar => Some(None),
        Shape::Matrix(..) => shape.counts().map(Some),
    });
    Initial::Drawn { scheme, counts, stream }
}

impl Initial {
    /// Rows and columns (`None` for a number); no shape where a size has no value.
    pub fn counts(&self) -> Option<Option<(usize, usize)>> {
        match self {
            Self::Exact(tensor) => Some(tensor.shape()),
            Self::Filled { counts, .. } => Some(Some(*counts)),
            Self::Drawn { counts, .. } => *counts,
        }
    }

    /// How many numbers it has.
    pub fn size(&self) -> usize {
        let (rows, columns) = self.counts().flatten().unwrap_or((1, 1));
        rows.saturating_mul(columns)
    }

    /// The exact values; of an initializer, those that its stream gives.
    pub fn tensor(&self) -> Tensor {
        match self {
            Self::Exact(tensor) => tensor.clone(),
            Self::Filled { value, counts: (rows, columns) } => Tensor::new(
                Some((*rows, *columns)),
                vec![Value::Real(value.clone()); rows * columns],
            ),
            Self::Drawn { scheme, counts, stream } => {
                let counts = counts.flatten();
                let entries = draw(scheme, shape(counts), stream);
                let entries = match constant(scheme) {
                    // Whatever is not 0 is the one constant, which need not be a double.
                    Some(constant) => entries
                        .into_iter()
                        .map(
                            |entry| if entry.abs() > 0.0 { constant.clone() } else { Real::zero() },
                        )
                        .collect(),
                    None => printable(&entries),
                };
                Tensor::new(counts, entries.into_iter().map(Value::Real).collect())
            }
        }
    }
}

/// Rows and columns as initializers take them; a number is a matrix of one entry.
pub(super) fn shape(counts: Option<(usize, usize)>) -> scheme::Shape {
    let (rows, columns) = counts.unwrap_or((1, 1));
    scheme::Shape::new(rows, columns)
}

/// The value of the entries that are not drawn.
fn constant(scheme: &Scheme) -> Option<Real> {
    match scheme {
        Scheme::Constant { value } => Some(exact(*value)),
        Scheme::Identity { gain } => Some(exact(gain.number())),
        _ => None,
    }
}

/// A number of an initializer's formula.
fn exact(number: Number) -> Real {
    let rational = |fraction: Fraction| {
        Rational::from(fraction.numerator()) / Rational::from(fraction.denominator())
    };
    match number {
        Number::Fraction(fraction) => Real::from(rational(fraction)),
        Number::Root(square) => {
            Real::from(rational(square)).sqrt().unwrap_or_else(|_| from_double(number.value()))
        }
        Number::Real(double) => from_double(double),
    }
}

/// Doubles as decimals of as many places as give the largest of them [`DIGITS`] digits.
pub(super) fn printable(doubles: &[f64]) -> Vec<Real> {
    let largest = doubles.iter().copied().map(f64::abs).fold(0.0, f64::max);
    let places = (0..=MAX_PLACES).find(|places| {
        let scale = libm::pow(10.0, f64::from(*places));
        largest * scale >= libm::pow(10.0, f64::from(DIGITS - 1))
    });
    let precision = Precision::Decimals(places.unwrap_or(MAX_PLACES));
    let one = |double: &f64| {
        let exact = from_double(*double);
        round_value(&exact, precision).unwrap_or(exact)
    };
    doubles.iter().map(one).collect()
}

fn round_value(value: &Real, precision: Precision) -> Option<Real> {
    // What rounds to zero must not become a single digit somewhere else.
    let scale = match precision {
        Precision::Decimals(places) => places,
        Precision::Significant(_) => return None,
    };
    if value.to_f64().abs() * libm::pow(10.0, f64::from(scale)) < 0.5 {
        return Some(Real::zero());
    }
    let decimal = round(value, precision, Rounding::HalfEven).ok()?;
    Some(Real::from(decimal.value))
}

/// A double as the fraction that it is; what is no number as 0.
fn from_double(double: f64) -> Real {
    Real::from(Rational::try_from(double).unwrap_or(Rational::ZERO))
}
