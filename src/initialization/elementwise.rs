//! Functions of one entry or of two, and their derivatives.
//!
//! Conventions at kinks: `relu'(0) = 0`, `leaky_relu'(0) = slope`, `abs'(0) = 0`; where two operands
//! of `max` or `min` are equal, each takes half.
//!
//! Exactness: `libm`, within about one unit of the last place; the logistic function and softplus
//! are written so that neither end overflows.

use super::program::Op;
use std::f64::consts::PI;

/// The function's value at each entry.
pub(super) fn values(op: Op, a: &[f64], out: &mut [f64]) {
    match op {
        Op::Power(exponent) => map(a, out, |x| power(x, exponent)),
        Op::Negate => map(a, out, |x| -x),
        Op::Relu => map(a, out, |x| if x > 0.0 { x } else { 0.0 }),
        Op::LeakyRelu(slope) => map(a, out, |x| if x > 0.0 { x } else { slope * x }),
        Op::Sigmoid => map(a, out, sigmoid),
        Op::Tanh => map(a, out, libm::tanh),
        Op::Exp => map(a, out, libm::exp),
        Op::Log => map(a, out, libm::log),
        Op::Sqrt => map(a, out, f64::sqrt),
        Op::Abs => map(a, out, f64::abs),
        Op::Sin => map(a, out, libm::sin),
        Op::Cos => map(a, out, libm::cos),
        Op::Erf => map(a, out, libm::erf),
        Op::Softplus => map(a, out, |x| x.max(0.0) + libm::log1p(libm::exp(-x.abs()))),
        _ => out.copy_from_slice(a),
    }
}

/// Adds to `da` the adjoint `g` times the derivative at `a`, where the function's value is `y`.
pub(super) fn pull(op: Op, a: &[f64], y: &[f64], g: &[f64], da: &mut [f64]) {
    match op {
        Op::Power(exponent) => {
            each(a, y, g, da, |x, _| exponent * power(x, exponent - 1.0));
        }
        Op::Negate => each(a, y, g, da, |_, _| -1.0),
        Op::Relu => gate(a, g, da, 0.0),
        Op::LeakyRelu(slope) => gate(a, g, da, slope),
        Op::Sigmoid => each(a, y, g, da, |_, y| y * (1.0 - y)),
        Op::Tanh => each(a, y, g, da, |_, y| 1.0 - y * y),
        Op::Exp => each(a, y, g, da, |_, y| y),
        Op::Log => each(a, y, g, da, |x, _| 1.0 / x),
        Op::Sqrt => each(a, y, g, da, |_, y| 0.5 / y),
        Op::Abs => each(a, y, g, da, sign),
        Op::Sin => each(a, y, g, da, |x, _| libm::cos(x)),
        Op::Cos => each(a, y, g, da, |x, _| -libm::sin(x)),
        Op::Erf => each(a, y, g, da, |x, _| 2.0 / PI.sqrt() * libm::exp(-x * x)),
        Op::Softplus => each(a, y, g, da, |x, _| sigmoid(x)),
        _ => each(a, y, g, da, |_, _| 1.0),
    }
}

fn map(a: &[f64], out: &mut [f64], function: impl Fn(f64) -> f64) {
    out.iter_mut().zip(a).for_each(|(out, x)| *out = function(*x));
}

fn each(a: &[f64], y: &[f64], g: &[f64], da: &mut [f64], slope: impl Fn(f64, f64) -> f64) {
    for (((da, g), x), y) in da.iter_mut().zip(g).zip(a).zip(y) {
        *da += g * slope(*x, *y);
    }
}

/// The adjoint itself where `a` is positive, `slope` times it elsewhere. No product is formed at
/// a slope of 0, so that an infinite adjoint of an inactive unit stays out.
fn gate(a: &[f64], g: &[f64], da: &mut [f64], slope: f64) {
    for ((da, g), x) in da.iter_mut().zip(g).zip(a) {
        let through = if slope == 0.0 { 0.0 } else { slope * g };
        *da += if *x > 0.0 { *g } else { through };
    }
}

fn sigmoid(x: f64) -> f64 {
    let small = libm::exp(-x.abs());
    if x >= 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) }
}

fn sign(x: f64, _: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        0.0
    }
}

#[expect(clippy::float_cmp, reason = "whole exponents are exact")]
fn power(x: f64, exponent: f64) -> f64 {
    if exponent == 2.0 {
        x * x
    } else if exponent == 1.0 {
        x
    } else {
        libm::pow(x, exponent)
    }
}

/// A function of two entries.
#[derive(Clone, Copy, Debug)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Max,
    Min,
}

impl Binary {
    /// The function that an operation with two operands applies entry by entry.
    pub(super) fn of(op: Op) -> Option<Self> {
        Some(match op {
            Op::Add => Self::Add,
            Op::Subtract => Self::Subtract,
            Op::Multiply => Self::Multiply,
            Op::Divide => Self::Divide,
            Op::Max => Self::Max,
            Op::Min => Self::Min,
            _ => return None,
        })
    }

    /// The value.
    #[inline]
    pub(super) fn value(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Add => a + b,
            Self::Subtract => a - b,
            Self::Multiply => a * b,
            Self::Divide => a / b,
            Self::Max => {
                if a > b {
                    a
                } else {
                    b
                }
            }
            Self::Min => {
                if a < b {
                    a
                } else {
                    b
                }
            }
        }
    }

    /// Both partial derivatives, times the adjoint `g`.
    #[inline]
    pub(super) fn pull(self, a: f64, b: f64, g: f64) -> (f64, f64) {
        match self {
            Self::Add => (g, g),
            Self::Subtract => (g, -g),
            Self::Multiply => (g * b, g * a),
            Self::Divide => (g / b, -g * a / (b * b)),
            Self::Max => share(a > b, a < b, g),
            Self::Min => share(a < b, a > b, g),
        }
    }
}

fn share(first: bool, second: bool, g: f64) -> (f64, f64) {
    match (first, second) {
        (true, _) => (g, 0.0),
        (false, true) => (0.0, g),
        (false, false) => (0.5 * g, 0.5 * g),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_at_kinks_follow_the_convention() {
        let table = [
            (Op::Relu, 0.0),
            (Op::LeakyRelu(0.25), 0.25),
            (Op::Abs, 0.0),
            (Op::Softplus, 0.5),
            (Op::Sigmoid, 0.25),
            (Op::Tanh, 1.0),
        ];
        for (op, slope) in table {
            let (mut y, mut da) = ([0.0], [0.0]);
            values(op, &[0.0], &mut y);
            pull(op, &[0.0], &y, &[1.0], &mut da);
            assert!((da[0] - slope).abs() < 1e-15, "{op:?}: {}", da[0]);
        }
        assert!(Binary::Max.pull(2.0, 2.0, 1.0) == (0.5, 0.5));
    }

    #[test]
    fn large_arguments_do_not_overflow() {
        let table = [
            (Op::Sigmoid, -800.0, 0.0),
            (Op::Sigmoid, 800.0, 1.0),
            (Op::Softplus, 800.0, 800.0),
            (Op::Softplus, -800.0, 0.0),
        ];
        for (op, x, expected) in table {
            let mut y = [0.0];
            values(op, &[x], &mut y);
            assert!((y[0] - expected).abs() < 1e-300, "{op:?}({x}) = {}", y[0]);
        }
    }
}
