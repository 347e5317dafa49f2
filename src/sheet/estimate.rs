//! Estimates as the sheet prints them: with their error, never with more digits than that.

use crate::number::{Fault, Precision, Rounding, round};
use crate::trace::{Figure, Theory};

use super::prose::Prose;
use super::show::from_double;
use super::words::{separator, with_mark};

/// Below this, and above its inverse, a number prints with a power of ten.
const SMALL: f64 = 1e-3;
/// Decimal logarithms beyond this print as a power of ten alone.
const TINY: f64 = 300.0;

/// A figure with its error: `0.4998 \pm 0.0011`, `0\;[0,\, 4.7 \cdot 10^{-6}]`.
pub(super) fn figure(figure: &Figure, prose: &Prose) -> Result<String, Fault> {
    let mean = figure.mean;
    if let Some((low, high)) = figure.interval.filter(|_| !(0.05..=0.95).contains(&mean)) {
        let share = |value: f64| -> Result<String, Fault> {
            // Two digits of the distance from the nearer of 0 and 1.
            let rest = 1.0 - value;
            if value < 0.5 || rest <= 0.0 {
                return plain(value, 2, prose);
            }
            decimals(value, u32::try_from(1 - decade(rest)).unwrap_or(2).min(12), prose)
        };
        return Ok(format!(r"{}\;{}", share(mean)?, interval(&[share(low)?, share(high)?])));
    }
    match figure.error {
        Some(error) if error > 0.0 => with_error(mean, error, prose),
        _ => plain(mean, 4, prose),
    }
}

/// A mean and its standard error, of which two digits are shown.
pub(super) fn with_error(mean: f64, error: f64, prose: &Prose) -> Result<String, Fault> {
    let largest = mean.abs().max(error);
    let usual = (SMALL..1.0 / SMALL).contains(&largest) && error >= SMALL / 10.0;
    let exponent = if usual { 0 } else { decade(largest) };
    let scale = libm::pow(10.0, f64::from(exponent));
    let (mean, error) = (mean / scale, error / scale);
    let places = u32::try_from(1 - decade(error)).unwrap_or(0).min(12);
    let ends = [decimals(mean, places, prose)?, decimals(error, places, prose)?];
    let text = format!(r"{} \pm {}", ends[0], ends[1]);
    Ok(if exponent == 0 { text } else { format!(r"({text}) \cdot 10^{{{exponent}}}") })
}

/// A positive number and a range about it, under one power of ten: three digits and two.
pub(super) fn with_range(
    value: f64,
    (low, high): (f64, f64),
    prose: &Prose,
) -> Result<String, Fault> {
    let usual = low >= SMALL && high < 1.0 / SMALL;
    let exponent = if usual { 0 } else { decade(value) };
    let scale = libm::pow(10.0, f64::from(exponent));
    let [low, high] = [low, high].map(|end| plain(end / scale, 2, prose));
    let text = format!(r"{}\;{}", plain(value / scale, 3, prose)?, interval(&[low?, high?]));
    Ok(if exponent == 0 { text } else { format!(r"({text}) \cdot 10^{{{exponent}}}") })
}

fn interval(ends: &[String; 2]) -> String {
    format!(r"[{}{}\, {}]", ends[0], separator(ends), ends[1])
}

/// A number to so many significant digits.
pub(super) fn plain(value: f64, digits: u32, prose: &Prose) -> Result<String, Fault> {
    if !value.is_finite() {
        return Ok(r"\text{–}".to_owned());
    }
    let scaled = value.abs() > 0.0 && !(SMALL..1.0 / SMALL).contains(&value.abs());
    let exponent = if scaled { decade(value.abs()) } else { 0 };
    let mantissa = value / libm::pow(10.0, f64::from(exponent));
    let precision = Precision::Significant(digits);
    let rounded = round(&from_double(mantissa), precision, Rounding::HalfEven)?;
    let text = rounded.to_latex(prose.mark());
    Ok(match (exponent, text.as_str()) {
        (0, _) => text,
        (_, "1") => format!("10^{{{exponent}}}"),
        (_, "-1") => format!("-10^{{{exponent}}}"),
        _ => format!(r"{text} \cdot 10^{{{exponent}}}"),
    })
}

/// A theoretical value, as a power of ten however small it is.
pub(super) fn theory(theory: &Theory, prose: &Prose) -> Result<String, Fault> {
    let Theory { value, log10, .. } = *theory;
    if log10.is_finite() && log10 < -TINY {
        return Ok(format!("10^{{{}}}", decimals(log10, 2, prose)?));
    }
    plain(value, 4, prose)
}

/// A number as it was written, `-1e6`, in mathematics: `-10^{6}`.
pub(super) fn written(text: &str, prose: &Prose) -> Option<String> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let number = mantissa.parse::<f64>().ok()?;
    let mantissa = &with_mark(mantissa, prose.mark());
    if exponent == 0 {
        return Some(mantissa.clone());
    }
    let sign = if number < 0.0 { "-" } else { "" };
    Some(match mantissa.trim_start_matches(['-', '+']) {
        "1" => format!("{sign}10^{{{exponent}}}"),
        digits => format!(r"{sign}{digits} \cdot 10^{{{exponent}}}"),
    })
}

/// A number with so many decimals; an estimate keeps its zeros, which were measured.
fn decimals(value: f64, places: u32, prose: &Prose) -> Result<String, Fault> {
    let precision = Precision::Decimals(places);
    let text = round(&from_double(value), precision, Rounding::HalfEven)?.to_latex(prose.mark());
    let places = usize::try_from(places).unwrap_or(0);
    let ends = |digits: &str| "0".repeat(places.saturating_sub(digits.len()));
    // With a decimal comma LaTeX has it in braces.
    let marks = [format!("{{{}}}", prose.mark()), prose.mark().to_string()];
    let digits = marks.iter().find_map(|mark| Some(text.split_once(mark.as_str())?.1.to_owned()));
    Ok(match digits {
        Some(digits) => format!("{text}{}", ends(&digits)),
        None if places == 0 || text.contains('^') => text,
        None => format!("{text}{}{}", if prose.mark() == '.' { "." } else { &marks[0] }, ends("")),
    })
}

/// The power of ten of a number's first digit.
fn decade(value: f64) -> i32 {
    let power = libm::log10(value).floor();
    #[expect(clippy::cast_possible_truncation, reason = "a double's exponent is small")]
    let whole = power as i32;
    // The logarithm of a number just below a power of ten may round up to it.
    if power.is_finite() && value < libm::pow(10.0, power) { whole - 1 } else { whole }
}
