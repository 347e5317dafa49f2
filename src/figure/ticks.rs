//! Where an axis carries numbers, and how they are written.
//!
//! Ticks are whole multiples `n` of `10ᵉ`, kept as whole numbers up to the label,
//! so that none ever reads `1.0000000002`.

use super::plot::Scale;
use super::range::Range;
use super::text;
use super::view::{Span, count, whole};

/// A number on an axis.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    /// In the units of the axis' own space: the logarithm on a logarithmic axis.
    pub(super) at: f64,
    /// What is written; each line stands below the one before.
    pub(super) label: String,
}

/// A decimal number `digits · 10^exponent`.
#[derive(Debug, Clone, Copy)]
struct Decimal {
    digits: i64,
    exponent: i32,
}

/// About `most` ticks, at least two where the scale allows it; in their numbers stands `mark`.
///
/// Names on an axis are all there; `categories::arrange` sees to their room.
pub(super) fn ticks(span: &Span, most: usize, mark: char) -> Vec<Tick> {
    let mut ticks = match &span.scale {
        Scale::Linear => linear(span.range, most, i32::MIN),
        Scale::Whole => linear(span.range, most, 0),
        Scale::Log => logarithmic(span.range, most),
        Scale::Categories(names) => {
            let numbered = names.iter().enumerate();
            let ticks =
                numbered.map(|(k, name)| Tick { at: count(k), label: text::printable(name) });
            return ticks.filter(|tick| span.range.contains(tick.at)).collect();
        }
    };
    if mark != '.' {
        ticks.iter_mut().for_each(|tick| tick.label = tick.label.replace('.', &mark.to_string()));
    }
    ticks
}

fn linear(range: Range, most: usize, least_exponent: i32) -> Vec<Tick> {
    let decimals = multiples(range, most, least_exponent);
    let numbers: Vec<f64> = decimals.iter().map(|decimal| decimal.value()).collect();
    label(&decimals, &numbers)
}

/// Multiples of 1, 2 or 5 times a power of ten inside the range.
fn multiples(range: Range, most: usize, least_exponent: i32) -> Vec<Decimal> {
    let rough = range.span() / count(most.max(1));
    let exponent = exponent_of(rough).max(least_exponent);
    let power = Decimal::new(1, exponent).value();
    let (factor, exponent) = [(1, exponent), (2, exponent), (5, exponent)]
        .into_iter()
        .find(|(factor, _)| Decimal::new(*factor, 0).value() * power >= rough * (1.0 - 1e-9))
        .unwrap_or((1, exponent + 1));
    let step = Decimal::new(factor, exponent).value();
    // Tolerant of rounding: an end of the range is often a multiple itself.
    let first = whole((range.low() / step - 1e-6).ceil());
    let last = whole((range.high() / step + 1e-6).floor());
    (first..=last)
        .take(2 * most + 2)
        .map(|multiple| Decimal::new(multiple.saturating_mul(factor), exponent))
        .collect()
}

/// Powers of ten, thinned where there are many; within one or two of them also
/// twos and fives; within a factor of two, equal steps.
fn logarithmic(range: Range, most: usize) -> Vec<Tick> {
    let first = whole((range.low() - 1e-9).ceil());
    let last = whole((range.high() + 1e-9).floor());
    let inside = usize::try_from(last - first + 1).unwrap_or(0);
    let decimals: Vec<Decimal> = if inside >= 3 {
        // Multiples of the stride, so that 1 is among them.
        let needed = u32::try_from(inside.div_ceil(most.max(1))).unwrap_or(1);
        let round = [1, 2, 3, 4, 5, 10, 20, 50].into_iter().find(|stride| *stride >= needed);
        let stride = round.unwrap_or(100);
        (first..=last)
            .filter_map(|power| i32::try_from(power).ok())
            .filter(|power| power.unsigned_abs().is_multiple_of(stride))
            .map(|power| Decimal::new(1, power))
            .collect()
    } else {
        (first - 1..=last)
            .flat_map(|power| [1, 2, 5].map(|n| (n, i32::try_from(power).unwrap_or(0))))
            .map(|(digits, power)| Decimal::new(digits, power))
            .filter(|decimal| range.contains(libm::log10(decimal.value())))
            .collect()
    };
    let decimals = if decimals.len() >= 2 {
        decimals
    } else {
        let plain = Range::new(libm::exp10(range.low()), libm::exp10(range.high()));
        multiples(plain, most, i32::MIN)
    };
    let at: Vec<f64> = decimals.iter().map(|decimal| libm::log10(decimal.value())).collect();
    label(&decimals, &at)
}

/// Writes all numbers of an axis in one manner.
fn label(decimals: &[Decimal], at: &[f64]) -> Vec<Tick> {
    let shown = decimals.iter().filter(|decimal| decimal.digits != 0);
    let (least, largest) = shown.fold((0, 0), |(least, largest), decimal| {
        (least.min(decimal.exponent), largest.max(decimal.order()))
    });
    let scientific = least < -4 || largest > 5;
    let ticks = decimals.iter().zip(at).map(|(decimal, &at)| Tick {
        at,
        label: if scientific { decimal.scientific() } else { decimal.positional() },
    });
    ticks.collect()
}

impl Decimal {
    /// Without trailing zeros in the digits.
    fn new(mut digits: i64, mut exponent: i32) -> Self {
        if digits == 0 {
            exponent = 0;
        }
        while digits != 0 && digits % 10 == 0 {
            digits /= 10;
            exponent += 1;
        }
        Decimal { digits, exponent }
    }

    /// Read back from text, because only parsing rounds correctly everywhere.
    fn value(self) -> f64 {
        format!("{}e{}", self.digits, self.exponent).parse().unwrap_or(0.0)
    }

    /// The power of ten of the first digit.
    fn order(self) -> i32 {
        let length = self.digits.unsigned_abs().to_string().len();
        self.exponent + i32::try_from(length).unwrap_or(1) - 1
    }

    fn sign(self) -> &'static str {
        if self.digits < 0 { "−" } else { "" }
    }

    fn positional(self) -> String {
        let digits = self.digits.unsigned_abs().to_string();
        let Ok(places) = usize::try_from(-self.exponent) else {
            let zeros = usize::try_from(self.exponent).unwrap_or(0);
            return format!("{}{digits}{}", self.sign(), "0".repeat(zeros));
        };
        let padded = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = padded.split_at(padded.len() - places);
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{}{whole}{point}{fraction}", self.sign())
    }

    fn scientific(self) -> String {
        if self.digits == 0 {
            return "0".to_owned();
        }
        let digits = self.digits.unsigned_abs().to_string();
        let (first, rest) = digits.split_at(1);
        let mantissa = match (first, rest) {
            ("1", "") => String::new(),
            (_, "") => format!("{first}·"),
            _ => format!("{first}.{rest}·"),
        };
        format!("{}{mantissa}10{}", self.sign(), raised(self.order()))
    }
}

/// A whole number in superscript.
fn raised(number: i32) -> String {
    let superscript = |character| match character {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        // The rest of the digits stand in order in one block.
        digit => char::from_u32(0x2070 + u32::from(digit) - u32::from('0')).unwrap_or(digit),
    };
    number.to_string().chars().map(superscript).collect()
}

/// The power of ten below a positive number.
fn exponent_of(number: f64) -> i32 {
    i32::try_from(whole(libm::log10(number).floor())).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_written_plainly() {
        let table: [(Scale, f64, f64, &[&str]); 16] = [
            (Scale::Linear, 0.0, 1.0, &["0", "0.2", "0.4", "0.6", "0.8", "1"]),
            (Scale::Linear, -2.3, 2.3, &["−2", "−1", "0", "1", "2"]),
            (Scale::Linear, 0.0, 0.3, &["0", "0.05", "0.1", "0.15", "0.2", "0.25", "0.3"]),
            (Scale::Linear, -12.0, 107.0, &["0", "20", "40", "60", "80", "100"]),
            (Scale::Linear, 0.0, 4e6, &["0", "10⁶", "2·10⁶", "3·10⁶", "4·10⁶"]),
            (Scale::Linear, -1e-5, 1e-5, &["−10⁻⁵", "−5·10⁻⁶", "0", "5·10⁻⁶", "10⁻⁵"]),
            (Scale::Linear, 1.49, 1.51, &["1.49", "1.495", "1.5", "1.505", "1.51"]),
            (Scale::Linear, 0.0, 1.5e12, &["0", "5·10¹¹", "10¹²", "1.5·10¹²"]),
            (Scale::Whole, 0.0, 2.0, &["0", "1", "2"]),
            (Scale::Whole, -6.0, 206.0, &["0", "50", "100", "150", "200"]),
            (Scale::Log, -3.0, 1.2, &["0.001", "0.01", "0.1", "1", "10"]),
            (Scale::Log, -9.0, 0.0, &["10⁻⁸", "10⁻⁶", "10⁻⁴", "10⁻²", "10⁰"]),
            (Scale::Log, -30.5, 0.3, &["10⁻³⁰", "10⁻²⁰", "10⁻¹⁰", "10⁰"]),
            (
                Scale::Log,
                -300.0,
                300.0,
                &["10⁻³⁰⁰", "10⁻²⁰⁰", "10⁻¹⁰⁰", "10⁰", "10¹⁰⁰", "10²⁰⁰", "10³⁰⁰"],
            ),
            (Scale::Log, -0.4, 1.1, &["0.5", "1", "2", "5", "10"]),
            (Scale::Log, 0.0, 0.08, &["1", "1.05", "1.1", "1.15", "1.2"]),
        ];
        for (scale, low, high, expected) in table {
            let range = Range::new(low, high);
            let labels: Vec<String> = ticks(&Span { scale: scale.clone(), range }, 6, '.')
                .into_iter()
                .map(|tick| tick.label)
                .collect();
            assert_eq!(labels, expected, "{scale:?} {low} to {high}");
        }
    }

    #[test]
    fn extreme_ranges_give_few_ticks() {
        let edges = [5e-324, 1e-300, 1.0, 1e15, 1e300, f64::MAX, f64::INFINITY];
        for (&low, &high) in edges.iter().zip(edges.iter().skip(1)) {
            for scale in [Scale::Linear, Scale::Whole] {
                let range = Range::new(-low, high);
                let number = ticks(&Span { scale: scale.clone(), range }, 6, '.').len();
                assert!(number <= 14, "{scale:?} {low} to {high}: {number}");
            }
        }
    }
}
