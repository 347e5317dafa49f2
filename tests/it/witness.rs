//! What the tests of numbers share: traces walked by path, and numbers compared
//! without floating point.
//!
//! Nothing here calls the program's own number tower: fractions are read and rounded by
//! integer arithmetic, closed forms are enclosed between two fractions.

use std::path::{Path, PathBuf};

use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;
use gradsheet::{engine, scenario, trace::json};
use serde_json::Value as Json;

/// Digits of a decimal in the trace.
pub(crate) const DIGITS: usize = 40;

pub(crate) fn fixtures(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(folder)
}

pub(crate) fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The trace of a scenario as `gradsheet trace` prints it, or what is said instead.
pub(crate) fn trace(name: &str, text: &str) -> Result<Json, String> {
    let scenario = scenario::read(name.as_ref(), text).map_err(|problems| problems.to_string())?;
    let trace = engine::execute(&scenario).map_err(|error| error.to_string())?;
    json::trace(&trace).map_err(|fault| fault.to_string())
}

/// The trace of a scenario that must have one.
pub(crate) fn traced(name: &str, text: &str) -> Json {
    trace(name, text).unwrap_or_else(|message| panic!("{name}: {message}"))
}

/// The record `SETUP.RUN.tN`.
pub(crate) fn record<'t>(trace: &'t Json, setup: &str, run: &str, t: u64) -> Option<&'t Json> {
    let records = trace["setups"][setup]["runs"][run]["iterations"].as_array()?;
    records.iter().find(|record| record["t"] == t)
}

/// The value that a path names; entries of matrices by `.rI.cJ`.
pub(crate) fn at<'t>(trace: &'t Json, path: &str) -> Option<&'t Json> {
    let parts: Vec<&str> = path.split('.').collect();
    let (matrix, parts) = match parts.as_slice() {
        [rest @ .., row, column] if number(row, 'r').is_some() && number(column, 'c').is_some() => {
            (Some((number(row, 'r')?, number(column, 'c')?)), rest)
        }
        rest => (None, rest),
    };
    let [setup, run, t, name @ ..] = parts else { return None };
    let record = record(trace, setup, run, u64::try_from(number(t, 't')?).ok()?)?;
    let value = named(record, name)?;
    match matrix {
        Some((row, column)) => value.get(row.checked_sub(1)?)?.get(column.checked_sub(1)?),
        None => Some(value),
    }
}

fn named<'t>(record: &'t Json, name: &[&str]) -> Option<&'t Json> {
    match name {
        ["loss"] => record.get("loss"),
        ["used_grad", parameter] => record["used_gradient"].get(*parameter),
        ["grad", parameter] => record["gradient"].get(*parameter),
        [example, name @ ..] if number(example, 'e').is_some() => {
            forward(&record["examples"][number(example, 'e')?.checked_sub(1)?], name)
        }
        ["adjoint", _] => forward(only(record)?, name),
        [state, parameter] => {
            let found = record["state"].get(*state).or_else(|| record["intermediate"].get(*state));
            found?.get(*parameter)
        }
        [name] => match record["parameters"].get(*name) {
            Some(parameter) => Some(parameter),
            None => forward(only(record)?, &[name]),
        },
        _ => None,
    }
}

fn forward<'t>(example: &'t Json, name: &[&str]) -> Option<&'t Json> {
    match name {
        ["adjoint", node] => example["adjoints"].get(*node),
        [name] => example["values"].get(*name),
        _ => None,
    }
}

/// The only example of a batch: with several, a bare name is ambiguous.
fn only(record: &Json) -> Option<&Json> {
    match record["examples"].as_array()?.as_slice() {
        [only] => Some(only),
        _ => None,
    }
}

fn number(part: &str, letter: char) -> Option<usize> {
    part.strip_prefix(letter)?.parse().ok()
}

/// `-1/2` or `3`.
pub(crate) fn fraction(text: &str) -> Option<RBig> {
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    let below: UBig = below.parse().ok()?;
    (below != UBig::ZERO)
        .then(|| RBig::from_parts(above.parse().unwrap_or(IBig::ZERO), below))
        .filter(|_| above.parse::<IBig>().is_ok())
}

/// `-1.25`, `1.25e-9`.
pub(crate) fn decimal(text: &str) -> Option<RBig> {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().ok()?;
    let (whole, places) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: IBig = format!("{whole}{places}").parse().ok()?;
    Some(RBig::from(digits) * ten_to(exponent - i64::try_from(places.len()).ok()?))
}

pub(crate) fn ten_to(exponent: i64) -> RBig {
    let power = UBig::from(10_u8).pow(usize::try_from(exponent.unsigned_abs()).unwrap());
    if exponent < 0 { RBig::from_parts(IBig::ONE, power) } else { RBig::from(power) }
}

fn magnitude(value: &RBig) -> RBig {
    if *value < RBig::ZERO { -value.clone() } else { value.clone() }
}

/// The power of ten of the first digit.
pub(crate) fn first_digit(value: &RBig) -> i64 {
    let size = magnitude(value);
    let length = |text: String| i64::try_from(text.len()).unwrap();
    let guess = length(size.numerator().to_string()) - length(size.denominator().to_string());
    if size >= ten_to(guess) { guess } else { guess - 1 }
}

/// To `count` significant digits, a half to the even digit.
pub(crate) fn rounded(value: &RBig, count: usize) -> RBig {
    if value.is_zero() {
        return RBig::ZERO;
    }
    let unit = ten_to(first_digit(value) + 1 - i64::try_from(count).unwrap());
    let units = value.clone() / &unit;
    let below = units.floor();
    let rest = units - RBig::from(below.clone());
    let half = RBig::from_parts(IBig::ONE, 2_u8.into());
    let up = rest > half || (rest == half && (&below & IBig::ONE) == IBig::ONE);
    RBig::from(if up { below + 1 } else { below }) * unit
}

/// A closed form such as `1 - 1/4*sqrt(2)`, between two fractions; and its text must be
/// in the promised shape: rational term first, square-free radicands ascending.
pub(crate) fn closed_form(text: &str) -> Result<(RBig, RBig), String> {
    let (mut low, mut high) = (RBig::ZERO, RBig::ZERO);
    let mut before = UBig::ZERO;
    for (negative, term) in terms(text) {
        let (coefficient, radicand) = term_of(&term).ok_or(format!("`{term}` in `{text}`"))?;
        if radicand <= before || coefficient <= RBig::ZERO && text != "0" {
            return Err(format!("the order of terms in `{text}`"));
        }
        if (2_u8..100).any(|n| (&radicand % (UBig::from(n) * n)).is_zero()) {
            return Err(format!("a radicand in `{text}` has a square in it"));
        }
        let (mut from, mut to) = root(&radicand);
        (from, to) = (from * &coefficient, to * &coefficient);
        if negative {
            (from, to) = (-to, -from);
        }
        (low, high, before) = (low + from, high + to, radicand);
    }
    Ok((low, high))
}

/// The terms with their signs, true for minus.
fn terms(text: &str) -> Vec<(bool, String)> {
    let text = text.replace(" - ", " + -");
    let term = |term: &str| match term.strip_prefix('-') {
        Some(rest) => (true, rest.to_owned()),
        None => (false, term.to_owned()),
    };
    text.split(" + ").map(term).collect()
}

fn term_of(term: &str) -> Option<(RBig, UBig)> {
    let Some((coefficient, rest)) = term.split_once("sqrt(") else {
        return Some((fraction(term)?, UBig::ONE));
    };
    let coefficient = match coefficient.strip_suffix('*') {
        Some(text) => fraction(text)?,
        None if coefficient.is_empty() => RBig::ONE,
        None => return None,
    };
    let radicand: UBig = rest.strip_suffix(')')?.parse().ok()?;
    (radicand > UBig::ONE).then_some((coefficient, radicand))
}

/// The square root of an integer to some 120 digits, from below and from above.
fn root(value: &UBig) -> (RBig, RBig) {
    use dashu_base::SquareRoot as _;
    let scale = UBig::from(10_u8).pow(120);
    let below = (value * scale.sqr()).sqrt();
    let exact = below.sqr() == value * scale.sqr();
    let above = if exact { below.clone() } else { &below + 1_u8 };
    (RBig::from_parts(below.into(), scale.clone()), RBig::from_parts(above.into(), scale))
}

/// A value of the trace: what `exact` and `decimal` say, and that they agree: `decimal`
/// is `exact` rounded to 40 digits, all of its digits where it ends within them.
pub(crate) struct Read {
    /// The fraction, where `exact` is one.
    pub(crate) exact: Option<RBig>,
    pub(crate) decimal: RBig,
}

pub(crate) fn value(json: &Json) -> Result<Read, String> {
    let text = json["decimal"].as_str().ok_or(format!("no decimal in {json}"))?;
    let shown = decimal(text).ok_or(format!("`{text}` is no decimal"))?;
    if let Some(problem) = shape(text) {
        return Err(format!("`{text}`: {problem}"));
    }
    let Some(exact) = json["exact"].as_str() else {
        return Ok(Read { exact: None, decimal: shown });
    };
    if let Some(exact) = fraction(exact) {
        if rounded(&exact, DIGITS) != shown {
            return Err(format!("{exact} is not {text}"));
        }
        return Ok(Read { exact: Some(exact), decimal: shown });
    }
    let (low, high) = closed_form(exact)?;
    if rounded(&low, DIGITS) != rounded(&high, DIGITS) {
        return Err(format!("`{exact}` is too close to a tie for this test"));
    }
    if rounded(&low, DIGITS) != shown {
        return Err(format!("{exact} is not {text}"));
    }
    Ok(Read { exact: None, decimal: shown })
}

/// What is wrong with how a decimal is written, if anything.
fn shape(text: &str) -> Option<&'static str> {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, ""));
    let digits = mantissa.trim_start_matches('-').replace('.', "");
    let significant = digits.trim_start_matches('0');
    if text != "0" && significant.is_empty() {
        return Some("zero prints as 0");
    }
    if mantissa.contains('.') && significant.len() > DIGITS {
        return Some("more than 40 digits");
    }
    if exponent.is_empty() {
        let value = decimal(text)?;
        let fits = value.is_zero() || (-7..=21).contains(&first_digit(&value));
        return (!fits).then_some("the exponent belongs written out");
    }
    let exponent: i64 = exponent.parse().ok()?;
    if (-7..=20).contains(&exponent) {
        return Some("needs no exponent");
    }
    let whole = mantissa.trim_start_matches('-').split('.').next()?;
    (whole.len() != 1 || whole == "0").then_some("one digit belongs before the point")
}

#[test]
fn paths_lead_to_values() {
    let trace = serde_json::json!({"setups": {"s": {"runs": {"o": {"iterations": [
        {"t": 0, "parameters": {"w": "w0"}, "state": {"u": {"w": "u0"}}},
        {"t": 1, "examples": [{"values": {"z": [["a", "b"]]}, "adjoints": {"z": "q"}}],
         "loss": "l", "gradient": {"w": "g"}, "parameters": {"w": "w1"}, "state": {"u": {"w": "u1"}}},
        {"t": 2, "examples": [{"values": {"z": "1"}}, {"values": {"z": "2", "loss": "3"}}]},
    ]}}}}});
    let table = [
        ("s.o.t0.w", Some("w0")),
        ("s.o.t0.u.w", Some("u0")),
        ("s.o.t1.z.r1.c2", Some("b")),
        ("s.o.t1.e1.z.r1.c1", Some("a")),
        ("s.o.t1.adjoint.z", Some("q")),
        ("s.o.t1.grad.w", Some("g")),
        ("s.o.t1.loss", Some("l")),
        ("s.o.t2.e2.z", Some("2")),
        ("s.o.t2.e2.loss", Some("3")),
        ("s.o.t2.z", None),
        ("s.o.t3.w", None),
        ("s.p.t1.w", None),
    ];
    for (path, expected) in table {
        assert_eq!(at(&trace, path).and_then(Json::as_str), expected, "{path}");
    }
}

#[test]
fn this_witness_reads_and_rounds() {
    assert_eq!(decimal("-0.125e-2"), fraction("-1/800"));
    assert_eq!(rounded(&fraction("2/3").unwrap(), 3), fraction("667/1000").unwrap());
    assert_eq!(rounded(&fraction("9995/10").unwrap(), 3), fraction("1000").unwrap());
    assert_eq!(rounded(&fraction("-1/8").unwrap(), 2), fraction("-3/25").unwrap());
    let (low, high) = closed_form("1 - 1/4*sqrt(2)").unwrap();
    let expected = decimal("0.6464466094067262377995778189475754803576").unwrap();
    assert_eq!((rounded(&low, 40), rounded(&high, 40)), (expected.clone(), expected));
    for wrong in ["sqrt(2) + 1", "sqrt(8)", "sqrt(3) + sqrt(2)", "sqrt(1)", "x"] {
        assert!(closed_form(wrong).is_err(), "{wrong}");
    }
}
