//! Certified numbers against values computed by other means.

use std::thread;

use gradsheet::number::{
    Fault, Precision, Question, Real, Rounding, Sign, Undecided, Undefined, parse_exact, round,
    trace_decimal,
};

mod layers;

mod optimizers;

mod properties;

const VALUES: &str = include_str!("../fixtures/number/values.tsv");
const SATURATED: &str = include_str!("../fixtures/number/saturated.tsv");
const ROUNDINGS: &str = include_str!("../fixtures/number/rounding.tsv");

fn exact(text: &str) -> Real {
    Real::from(parse_exact(text).expect("a number"))
}

/// Evaluates a fixture's expression, e.g. `(- (sqrt 2) 1/3)`.
fn expression(text: &str) -> Result<Real, Fault> {
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let mut tokens = spaced.split_whitespace();
    let first = tokens.next().expect("an expression");
    subexpression(first, &mut tokens)
}

fn subexpression<'a>(
    token: &'a str,
    tokens: &mut impl Iterator<Item = &'a str>,
) -> Result<Real, Fault> {
    if token != "(" {
        return Ok(exact(token));
    }
    let head = tokens.next().expect("a function");
    let mut parts = Vec::new();
    while let Some(token) = tokens.next().filter(|&token| token != ")") {
        parts.push(subexpression(token, tokens)?);
    }
    let first = &parts[0];
    match (head, parts.as_slice()) {
        ("+", _) => Ok(parts.iter().fold(Real::zero(), |sum, part| sum + part)),
        ("*", _) => Ok(parts.iter().fold(Real::one(), |product, part| product * part)),
        ("-", [only]) => Ok(-only),
        ("-", [a, b]) => Ok(a - b),
        ("/", [a, b]) => a.checked_div(b),
        ("sqrt", _) => first.sqrt(),
        ("exp", _) => first.exp(),
        ("log", _) => first.log(),
        ("sigmoid", _) => first.sigmoid(),
        ("tanh", _) => first.tanh(),
        ("sin", _) => first.sin(),
        ("cos", _) => first.cos(),
        ("softplus", _) => first.softplus(),
        ("phi", _) => first.phi(),
        _ => panic!("{head} is not known"),
    }
}

fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect())
}

/// What a row of values.tsv says, as found and as expected.
fn found_and_expected(row: &[&str]) -> (Vec<String>, Vec<String>) {
    let [source, sign, decimal, sixty, closed] = row else { panic!("{row:?}") };
    let value = expression(source).unwrap_or_else(|fault| panic!("{source}: {fault}"));
    let found_sign = match value.sign() {
        Ok(Sign::Negative) => "-",
        Ok(Sign::Zero) => "0",
        Ok(Sign::Positive) => "+",
        Err(Undecided { bits: 4096, question: Question::Sign }) => "?",
        Err(Undecided { .. }) => "undecided too early",
    };
    let mut found = vec![found_sign.to_owned()];
    let mut expected = vec![(*sign).to_owned()];
    let text = |text: Result<String, Fault>| text.unwrap_or_else(|fault| fault.to_string());
    if *decimal != "-" {
        found.push(text(trace_decimal(&value)));
        expected.push((*decimal).to_owned());
    }
    if *sixty != "-" {
        let digits = round(&value, Precision::Significant(60), Rounding::HalfEven);
        found.push(text(digits.map(|digits| digits.to_scientific('.'))));
        expected.push((*sixty).to_owned());
    }
    if !matches!(*closed, "*" | "-") {
        found.push(value.closed_form().map_or("none".to_owned(), |form| form.to_text()));
        expected.push((*closed).to_owned());
    }
    (found, expected)
}

#[test]
fn signs_decimals_and_closed_forms_are_right() {
    let mut wrong = Vec::new();
    for row in rows(VALUES) {
        let (found, expected) = found_and_expected(&row);
        if found != expected {
            wrong.push(format!("{}\n  found {found:?}\n  expected {expected:?}", row[0]));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn what_saturated_functions_are_short_of_their_limits() {
    let mut wrong = Vec::new();
    for row in rows(SATURATED) {
        let [source, sign, decimal] = row.as_slice() else { panic!("{row:?}") };
        let value = expression(source).unwrap_or_else(|fault| panic!("{source}: {fault}"));
        let found = (value.sign(), trace_decimal(&value));
        let negative = *sign == "-";
        let expected = if negative { Sign::Negative } else { Sign::Positive };
        if found != (Ok(expected), Ok((*decimal).to_owned())) {
            wrong.push(format!("{source}: {found:?} instead of {decimal}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn signs_outlast_the_digits() {
    // Beyond 2^(2^22) nothing is written, but signs are known, by balls or by the form.
    let table = [
        ("(- 1 (sigmoid 1e8))", Sign::Positive),
        ("(- (tanh 1e9) 1)", Sign::Negative),
        ("(- (exp -1e8) (exp -2e8))", Sign::Positive),
        ("(- (exp 1e9) (exp 1e8))", Sign::Positive),
        ("(- 1 (sigmoid 1e30))", Sign::Positive),
        ("(+ (exp -1e30) (exp -1e31))", Sign::Positive),
        ("(- (- (exp -1e30)) (sigmoid -1e40))", Sign::Negative),
    ];
    for (source, sign) in table {
        let value = expression(source).unwrap();
        assert_eq!(value.sign(), Ok(sign), "{source}");
        assert!(matches!(trace_decimal(&value), Err(Fault::OutOfRange(_))), "{source}");
        // No end of a ball may fill the memory.
        if let Ok(ball) = value.ball(64) {
            assert!(ball.lower() <= ball.upper(), "{source}");
        }
    }
    let far = expression("(- (exp -1e30) (exp -1e31))").unwrap();
    assert_eq!(far.sign(), Err(Undecided { bits: 4096, question: Question::Sign }));
}

#[test]
fn digits_beside_a_border_follow_from_signs() {
    // (source, half up, half even), where no ball tells the side. -1e-4343 is sigmoid(1e4) - 1.
    let table = [
        ("(+ 0.125 (- 1 (sigmoid 1e4)))", "0.13", "0.13"),
        ("(- 0.125 (- 1 (sigmoid 1e4)))", "0.12", "0.12"),
        ("(- (- (sigmoid 1e4) 1) 0.125)", "-0.13", "-0.13"),
        ("(- (- 1 (sigmoid 1e4)) 0.125)", "-0.12", "-0.12"),
        ("(+ 0.005 (- 1 (sigmoid 1e4)))", "0.01", "0.01"),
        ("(- 0.005 (- 1 (sigmoid 1e4)))", "0.005", "0.005"),
        ("(- 9.995 (- 1 (sigmoid 1e4)))", "9.99", "9.99"),
        ("(+ 9.995 (- 1 (sigmoid 1e4)))", "10.00", "10.00"),
        // A tie that only a proof of zero shows.
        ("(+ 0.125 (- (sigmoid 1e4) (- 1 (sigmoid -1e4))))", "0.13", "0.12"),
    ];
    for (source, up, even) in table {
        let value = expression(source).unwrap();
        for (rounding, expected) in [(Rounding::HalfUp, up), (Rounding::HalfEven, even)] {
            let decimal = round(&value, Precision::Decimals(2), rounding).unwrap();
            assert_eq!(decimal.to_plain('.'), expected, "{source}");
        }
    }
    let open = expression("(+ 0.125 (- (+ (sigmoid 1) (sigmoid -1)) 1))").unwrap();
    let fault = round(&open, Precision::Decimals(2), Rounding::HalfUp).unwrap_err();
    assert_eq!(fault, Fault::Undecided(Undecided { bits: 4096, question: Question::Digit }));
    assert!(fault.to_string().contains("last printed digit"), "{fault}");
}

#[test]
fn decimals_round_as_asked() {
    for row in rows(ROUNDINGS) {
        let [source, precision, mode, text, exact] = row.as_slice() else { panic!("{row:?}") };
        let (kind, count) = precision.split_at(1);
        let count = count.parse().unwrap();
        let precision =
            if kind == "d" { Precision::Decimals(count) } else { Precision::Significant(count) };
        let rounding = if *mode == "up" { Rounding::HalfUp } else { Rounding::HalfEven };
        let decimal = round(&expression(source).unwrap(), precision, rounding).unwrap();
        assert_eq!(decimal.to_plain('.'), *text, "{row:?}");
        assert_eq!(decimal.exact, *exact == "exact", "{row:?}");
        assert_eq!(decimal.value, parse_exact(text).unwrap(), "{row:?}");
    }
}

#[test]
fn forms_do_not_depend_on_the_thread() {
    let digests = || {
        let source = rows(VALUES).map(|row| expression(row[0]).map(|value| value.digest()));
        source.collect::<Result<Vec<_>, _>>()
    };
    let other = thread::spawn(digests).join().unwrap();
    assert_eq!(other, digests());
}

#[test]
fn undefined_operations_say_what_they_are() {
    let six_over_zero = Undefined::DivisionByZero { numerator: Some("6".to_owned()) };
    let root_over_zero = Undefined::DivisionByZero { numerator: Some("-sqrt(2)".to_owned()) };
    let table = [
        ("(/ 0 0)", Undefined::ZeroOverZero),
        ("(/ 6 0)", six_over_zero),
        ("(/ (- (sqrt 2)) (- (sqrt 8) (* 2 (sqrt 2))))", root_over_zero),
        ("(/ (exp 1) 0)", Undefined::DivisionByZero { numerator: None }),
        ("(sqrt -1)", Undefined::RootOfNegative),
        ("(sqrt (- 1 (sqrt 2)))", Undefined::RootOfNegative),
        ("(log 0)", Undefined::LogOfNonPositive),
        ("(log (- (exp 1) 3))", Undefined::LogOfNonPositive),
    ];
    for (source, undefined) in table {
        assert_eq!(expression(source), Err(Fault::Undefined(undefined)), "{source}");
    }
    let open = "(- (+ (sigmoid 1) (sigmoid -1)) 1)";
    for source in [format!("(/ 1 {open})"), format!("(sqrt {open})"), format!("(log {open})")] {
        let undecided = Undecided { bits: 4096, question: Question::Sign };
        assert_eq!(expression(&source), Err(Fault::Undecided(undecided)));
    }
}

#[test]
fn extreme_arguments_are_answered_at_once() {
    for source in ["(exp 1e9)", "(exp 1e30)", "(exp (exp 100))", "(sin 1e1000)"] {
        let answer = expression(source).and_then(|value| trace_decimal(&value));
        match source {
            "(sin 1e1000)" => assert!(answer.is_ok(), "{source}"),
            _ => assert!(matches!(answer, Err(Fault::OutOfRange(_))), "{source}: {answer:?}"),
        }
    }
    let tiny = expression("(exp -1e30)").unwrap();
    assert_eq!(tiny.sign(), Ok(Sign::Positive));
    assert!(matches!(trace_decimal(&tiny), Err(Fault::OutOfRange(_))));
    let table =
        [("(sigmoid 1e30)", "1.00"), ("(tanh -1e9)", "-1.00"), ("(log 1e10000)", "23025.85")];
    for (source, text) in table {
        let value = expression(source).unwrap();
        let decimal = round(&value, Precision::Decimals(2), Rounding::HalfUp).unwrap();
        assert_eq!(decimal.to_plain('.'), text);
    }
    let power = exact("3/2").pow(1_000_000).unwrap();
    assert!(power.as_rational().is_none());
    assert_eq!(trace_decimal(&power).unwrap(), POWER_OF_THREE_HALVES);
    assert!(matches!(exact("3").pow(i64::MAX), Err(Fault::OutOfRange(_))));
    assert!(matches!(
        round(&exact("1/3"), Precision::Decimals(u32::MAX), Rounding::HalfUp),
        Err(Fault::OutOfRange(_))
    ));
}

/// By the module decimal, at 60 digits.
const POWER_OF_THREE_HALVES: &str = "1.815748446407366073936138510256852415822e176091";

#[test]
fn long_rationals_stay_numbers() {
    // Squaring doubles the length; beyond the limit the value is sealed, not lost.
    let mut x = exact("1.000000001");
    let mut log = 1_u32;
    for _ in 0..22 {
        x = &x * &x;
        log *= 2;
    }
    assert!(x.as_rational().is_none());
    assert_eq!((&x - &x).sign(), Ok(Sign::Zero));
    let expected = exact("1.000000001").log().unwrap() * Real::from(i64::from(log));
    let gap = x.log().unwrap() - expected;
    assert!(gap.ball(200).unwrap().upper() < parse_exact("1e-40").unwrap());
}

#[test]
fn values_may_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Real>();
    let root = expression("(sqrt (+ 1 (sqrt (+ 2 (exp 1)))))").unwrap();
    let expected = trace_decimal(&root).unwrap();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert_eq!(trace_decimal(&root).unwrap(), expected));
        }
    });
}
