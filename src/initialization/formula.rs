//! A scheme's distribution as LaTeX, in the names of its dimensions.
//!
//! `N_{[a, b]}` is a normal distribution cut at `a` and `b`. Nothing here is a word of a language:
//! every formula reads the same on every sheet. Numbers print exactly as they were given.

use super::exact::{Fraction, Number};
use super::scheme::{Correction, Fan, Scheme, Shape, Spread, Tails};

/// What the formula calls things.
#[derive(Clone, Copy, Debug)]
pub struct Names<'a> {
    /// The parameter, for the schemes that are told by a property of the whole: `W`.
    pub parameter: &'a str,
    /// The number of rows: `n`, or `512`.
    pub rows: &'a str,
    /// The number of columns: `m`, or `256`.
    pub columns: &'a str,
    /// The sizes, where they are known.
    pub shape: Option<Shape>,
}

impl Scheme {
    /// The distribution of an entry, or the property of the whole, as LaTeX.
    #[must_use]
    pub fn formula(&self, names: &Names<'_>) -> String {
        if let Some((gain, fan, spread)) = self.scaling() {
            return scaled(gain, fan, spread, names);
        }
        match *self {
            Self::Ones => "1".to_owned(),
            Self::Constant { value } => value.latex(),
            Self::Normal { mean, std } => normal(&mean.latex(), &std.squared_latex()),
            Self::Uniform { low, high } => uniform(&low.latex(), &high.latex()),
            Self::TruncatedNormal { mean, std, low, high, correction } => {
                truncated([mean, std, low, high], correction)
            }
            Self::Orthogonal { gain } => orthogonal(&square_factor(gain.number()), names),
            Self::Sparse { fraction, std } => format!(
                "{},\\; \\#\\left\\{{i : {parameter}_{{ij}} = 0\\right\\}} = \
                 \\left\\lceil {fraction}{} \\right\\rceil",
                normal("0", &std.squared_latex()),
                factor(names.rows),
                parameter = names.parameter,
                fraction = fraction.latex(),
            ),
            Self::Identity { gain } => {
                let gain = gain.number();
                let one = gain == Number::ONE;
                if one { "I".to_owned() } else { format!("{}\\,I", gain.latex()) }
            }
            _ => "0".to_owned(),
        }
    }

    /// The variance of an entry as LaTeX where the scheme derives it from the fan: `\frac{2}{n}`.
    #[must_use]
    pub fn variance_formula(&self, names: &Names<'_>) -> Option<String> {
        let (gain, fan, _) = self.scaling()?;
        Some(quotient(gain, 1, fan, names, "\\frac"))
    }
}

fn normal(mean: &str, variance: &str) -> String {
    format!("\\mathcal{{N}}\\left({mean}, {variance}\\right)")
}

fn uniform(low: &str, high: &str) -> String {
    format!("\\mathcal{{U}}\\left({low}, {high}\\right)")
}

fn scaled(gain: Number, fan: Fan, spread: Spread, names: &Names<'_>) -> String {
    let variance = |times, fraction| quotient(gain, times, fan, names, fraction);
    match spread {
        Spread::Normal(Tails::Full) => normal("0", &variance(1, "\\frac")),
        Spread::Normal(Tails::Truncated) => {
            corrected("0", &format!("\\sqrt{{{}}}", variance(1, "\\tfrac")), "-2", "2")
        }
        Spread::Uniform => {
            let bound = format!("\\sqrt{{{}}}", variance(3, "\\tfrac"));
            uniform(&format!("-{bound}"), &bound)
        }
    }
}

/// `times · gain²/fan` as one fraction.
fn quotient(gain: Number, times: i128, fan: Fan, names: &Names<'_>, command: &str) -> String {
    let (count, times) = match fan {
        Fan::In => (names.rows.to_owned(), times),
        Fan::Out => (names.columns.to_owned(), times),
        Fan::Average => (format!("{} + {}", names.rows, names.columns), 2 * times),
    };
    let product = gain.square().and_then(|square| square.times(Fraction::new(times, 1)?));
    match product {
        Some(product) if product == Fraction::ZERO => "0".to_owned(),
        Some(product) if product.denominator() == 1 => {
            format!("{command}{{{}}}{{{count}}}", product.numerator())
        }
        Some(product) => {
            let sum = matches!(fan, Fan::Average);
            let count = if sum { format!("\\left({count}\\right)") } else { factor(&count) };
            format!("{command}{{{}}}{{{}{count}}}", product.numerator(), product.denominator())
        }
        None => {
            let times = if times == 1 { String::new() } else { format!("{times} \\cdot ") };
            format!("{command}{{{times}{}}}{{{count}}}", gain.squared_latex())
        }
    }
}

/// A name as a factor after a number: `9\,n`, but `9 \cdot 512`.
fn factor(name: &str) -> String {
    let number = name.starts_with(|first: char| first.is_ascii_digit());
    if number { format!(" \\cdot {name}") } else { format!("\\,{name}") }
}

fn truncated([mean, std, low, high]: [Number; 4], correction: Correction) -> String {
    match correction {
        Correction::Variance => corrected(&mean.latex(), &std.latex(), &low.latex(), &high.latex()),
        Correction::None => {
            let (low, high) = (cut(mean, std, low), cut(mean, std, high));
            format!(
                "\\mathcal{{N}}_{{\\left[{low},\\, {high}\\right]}}\\left({}, {}\\right)",
                mean.latex(),
                std.squared_latex()
            )
        }
    }
}

/// `mean + z·std`, as a number where all are fractions.
fn cut(mean: Number, std: Number, z: Number) -> String {
    if let (Number::Fraction(mean), Number::Fraction(std), Number::Fraction(z)) = (mean, std, z)
        && let Some(cut) = z.times(std).and_then(|shift| mean.plus(shift))
    {
        return cut.latex();
    }
    let shift = format!("{} \\cdot {}", z.latex(), std.latex());
    match mean {
        Number::Fraction(zero) if zero == Fraction::ZERO => shift,
        _ if shift.starts_with('-') => format!("{} {shift}", mean.latex()),
        _ => format!("{} + {shift}", mean.latex()),
    }
}

/// A cut normal distribution whose parent is widened so that the standard deviation is `std`.
fn corrected(mean: &str, std: &str, low: &str, high: &str) -> String {
    let shift = if mean == "0" { String::new() } else { format!("{mean} + ") };
    let times = |z: &str| format!("{z}s").replace("+ -", "- ");
    let (from, to) = (times(&format!("{shift}{low}")), times(&format!("{shift}{high}")));
    format!(
        "\\mathcal{{N}}_{{\\left[{from},\\, {to}\\right]}}\\left({mean}, s^2\\right),\\; \
         s = {std} \\Big/ \\sqrt{{\\operatorname{{Var}}\\left[Z \\mid {low} \\le Z \\le \
         {high}\\right]}},\\; Z \\sim {}",
        normal("0", "1")
    )
}

fn orthogonal(square: &str, names: &Names<'_>) -> String {
    let Names { parameter, rows, columns, shape } = *names;
    let tall = format!("{parameter}^\\top {parameter} = {square}I_{{{columns}}}");
    let wide = format!("{parameter} {parameter}^\\top = {square}I_{{{rows}}}");
    match shape {
        Some(shape) if shape.rows >= shape.columns => tall,
        Some(_) => wide,
        None => {
            format!("{tall}\\; ({rows} \\ge {columns}),\\quad {wide}\\; ({rows} < {columns})")
        }
    }
}

fn square_factor(gain: Number) -> String {
    let square = gain.squared_latex();
    if square == "1" { String::new() } else { format!("{square}\\,") }
}

#[cfg(test)]
mod tests {
    use super::super::scheme::Gain;
    use super::*;

    const NAMES: Names<'_> = Names { parameter: "W", rows: "n", columns: "m", shape: None };

    #[test]
    fn formulas_are_those_of_a_textbook() {
        let (tenth, third) = (Number::ratio(1, 10), Number::ratio(1, 3));
        let (full, relu) = (Tails::Full, Gain::Relu);
        let table = [
            (Scheme::Zeros, "0"),
            (Scheme::Constant { value: third }, r"\frac{1}{3}"),
            (
                Scheme::Normal { mean: Number::ZERO, std: tenth },
                r"\mathcal{N}\left(0, 0.1^2\right)",
            ),
            (Scheme::LecunNormal { tails: full }, r"\mathcal{N}\left(0, \frac{1}{n}\right)"),
            (
                Scheme::KaimingNormal { fan: Fan::In, gain: relu, tails: full },
                r"\mathcal{N}\left(0, \frac{2}{n}\right)",
            ),
            (
                Scheme::XavierUniform { gain: Gain::Linear },
                r"\mathcal{U}\left(-\sqrt{\tfrac{6}{n + m}}, \sqrt{\tfrac{6}{n + m}}\right)",
            ),
            (
                Scheme::XavierNormal { gain: Gain::Tanh, tails: full },
                r"\mathcal{N}\left(0, \frac{50}{9\left(n + m\right)}\right)",
            ),
            (
                Scheme::KaimingNormal { fan: Fan::Out, gain: Gain::Tanh, tails: full },
                r"\mathcal{N}\left(0, \frac{25}{9\,m}\right)",
            ),
            (
                Scheme::KaimingNormal {
                    fan: Fan::Average,
                    gain: Gain::Number(Number::Real(1.3)),
                    tails: full,
                },
                r"\mathcal{N}\left(0, \frac{2 \cdot 1.3^2}{n + m}\right)",
            ),
            (
                Scheme::Sparse { fraction: tenth, std: Number::ratio(1, 100) },
                r"\mathcal{N}\left(0, 0.01^2\right),\; \#\left\{i : W_{ij} = 0\right\} = \left\lceil 0.1\,n \right\rceil",
            ),
            (
                Scheme::Orthogonal { gain: relu },
                r"W^\top W = 2\,I_{m}\; (n \ge m),\quad W W^\top = 2\,I_{n}\; (n < m)",
            ),
            (Scheme::Identity { gain: Gain::Tanh }, r"\frac{5}{3}\,I"),
            (
                Scheme::TruncatedNormal {
                    mean: Number::ONE,
                    std: tenth,
                    low: Number::ratio(-2, 1),
                    high: Number::ratio(3, 1),
                    correction: Correction::None,
                },
                r"\mathcal{N}_{\left[0.8,\, 1.3\right]}\left(1, 0.1^2\right)",
            ),
        ];
        for (scheme, expected) in table {
            assert_eq!(scheme.formula(&NAMES), expected, "{scheme:?}");
        }
    }

    #[test]
    fn sizes_may_stand_for_names() {
        let names =
            Names { rows: "512", columns: "256", shape: Some(Shape::new(512, 256)), ..NAMES };
        let normal = |gain| Scheme::KaimingNormal { fan: Fan::In, gain, tails: Tails::Full };
        let table = [
            (normal(Gain::Relu), r"\mathcal{N}\left(0, \frac{2}{512}\right)"),
            (normal(Gain::Selu), r"\mathcal{N}\left(0, \frac{9}{16 \cdot 512}\right)"),
            (Scheme::Orthogonal { gain: Gain::Linear }, r"W^\top W = I_{256}"),
        ];
        for (scheme, expected) in table {
            assert_eq!(scheme.formula(&names), expected, "{scheme:?}");
        }
    }
}
