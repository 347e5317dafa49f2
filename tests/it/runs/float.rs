//! Floating point with so many digits that a lost one is none: the arithmetic of the second
//! implementation.
//!
//! A sum that cancels to less than 2⁻³⁰⁰ of its terms is 0: what is left of 512 bits there
//! is rounding. So a zero that holds in truth is found, and kinks and 0/0 with it; that a
//! number other than 0 comes so close to it by chance is not to be expected.

use std::ops::{Add, Div, Mul, Neg, Sub};

use dashu_float::FBig;
use dashu_float::round::mode::HalfEven;
use dashu_ratio::RBig;

use crate::dual::Number;

type Big = FBig<HalfEven, 2>;

const BITS: usize = 512;
const ZERO_BITS: isize = 300;

/// A number, or what has no value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Float(Option<Big>);

fn big(integer: i64) -> Big {
    rounded(Big::from(integer))
}

fn rounded(number: Big) -> Big {
    number.with_precision(BITS).value()
}

fn magnitude(number: &Big) -> Big {
    if *number < Big::ZERO { -number.clone() } else { number.clone() }
}

/// Whether a number is nothing beside another.
fn vanishes(number: &Big, beside: &Big) -> bool {
    magnitude(number) <= magnitude(beside) >> ZERO_BITS
}

fn sum(a: &Big, b: &Big) -> Big {
    let sum = a + b;
    let larger = if magnitude(a) < magnitude(b) { b } else { a };
    if vanishes(&sum, larger) { big(0) } else { sum }
}

impl Float {
    pub(crate) fn zero() -> Self {
        Self::from(0)
    }

    pub(crate) fn one() -> Self {
        Self::from(1)
    }

    pub(crate) fn is_defined(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.0.as_ref().is_some_and(|number| *number == Big::ZERO)
    }

    /// -1, 0 or 1.
    pub(crate) fn signum(&self) -> Self {
        let sign =
            |number: &Big| big(i64::from(*number > Big::ZERO) - i64::from(*number < Big::ZERO));
        Float(self.0.as_ref().map(sign))
    }

    pub(crate) fn abs(&self) -> Self {
        Float(self.0.as_ref().map(magnitude))
    }

    pub(crate) fn square(&self) -> Self {
        self * self
    }

    /// Of what is not negative.
    pub(crate) fn sqrt(&self) -> Self {
        let root = |number: &Big| match () {
            () if *number < Big::ZERO => None,
            () if *number == Big::ZERO => Some(big(0)),
            () => Some(number.sqrt()),
        };
        Float(self.0.as_ref().and_then(root))
    }

    pub(crate) fn max(&self, other: &Self) -> Self {
        self.larger(other, false)
    }

    pub(crate) fn min(&self, other: &Self) -> Self {
        self.larger(other, true)
    }

    fn larger(&self, other: &Self, smaller: bool) -> Self {
        let gap = self - other;
        if !gap.is_defined() {
            return gap;
        }
        if (gap.sign() > 0) == smaller { other.clone() } else { self.clone() }
    }

    /// To a whole power, by multiplication.
    pub(crate) fn power(&self, exponent: u64) -> Self {
        (0..exponent).fold(Self::one(), |product, _| &product * self)
    }

    /// To any power; the base is not negative.
    pub(crate) fn to_power(&self, exponent: &Self) -> Self {
        if exponent.is_zero() {
            return Self::one();
        }
        if self.is_zero() {
            return Self::zero();
        }
        (exponent * self.smooth("log")).smooth("exp")
    }

    pub(crate) fn pi() -> Self {
        Float(Some(Big::pi(BITS)))
    }

    /// Whether two numbers differ by less than a part of the larger one.
    pub(crate) fn is_near(&self, other: &Self, bits: isize) -> bool {
        match (&self.0, &other.0) {
            (Some(a), Some(b)) => {
                let larger = magnitude(a).max(magnitude(b));
                magnitude(&(a - b)) <= larger >> bits
            }
            _ => false,
        }
    }

    /// Where numbers are so large or so small that this arithmetic is not sure of itself.
    pub(crate) fn is_extreme(&self) -> bool {
        self.0.as_ref().is_some_and(|number| {
            let size = magnitude(number);
            size > big(1) << 100 || (size != Big::ZERO && size < big(1) >> 200)
        })
    }
}

impl std::fmt::Display for Float {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Some(number) => write!(out, "{:.50e}", number.to_decimal().value()),
            None => write!(out, "undefined"),
        }
    }
}

impl From<i64> for Float {
    fn from(integer: i64) -> Self {
        Float(Some(big(integer)))
    }
}

impl From<&RBig> for Float {
    fn from(fraction: &RBig) -> Self {
        let above = rounded(Big::from(fraction.numerator().clone()));
        let below = rounded(Big::from(fraction.denominator().clone()));
        Float(Some(above / below))
    }
}

macro_rules! operator {
    ($name:ident, $method:ident, $operate:expr) => {
        impl $name for &Float {
            type Output = Float;
            fn $method(self, other: &Float) -> Float {
                let operate: fn(&Big, &Big) -> Option<Big> = $operate;
                match (&self.0, &other.0) {
                    (Some(a), Some(b)) => Float(operate(a, b)),
                    _ => Float(None),
                }
            }
        }
        impl $name for Float {
            type Output = Float;
            fn $method(self, other: Float) -> Float {
                $name::$method(&self, &other)
            }
        }
        impl $name<&Float> for Float {
            type Output = Float;
            fn $method(self, other: &Float) -> Float {
                $name::$method(&self, other)
            }
        }
        impl $name<Float> for &Float {
            type Output = Float;
            fn $method(self, other: Float) -> Float {
                $name::$method(self, &other)
            }
        }
    };
}

operator!(Add, add, |a, b| Some(sum(a, b)));
operator!(Sub, sub, |a, b| Some(sum(a, &-b.clone())));
operator!(Mul, mul, |a, b| Some(a * b));
operator!(Div, div, |a, b| (*b != Big::ZERO).then(|| a / b));

impl Neg for Float {
    type Output = Float;
    fn neg(self) -> Float {
        Float::zero() - self
    }
}

impl Number for Float {
    fn of(value: &RBig) -> Self {
        Self::from(value)
    }
    fn add(&self, other: &Self) -> Self {
        self + other
    }
    fn multiply(&self, other: &Self) -> Self {
        self * other
    }
    fn divide(&self, other: &Self) -> Self {
        self / other
    }
    fn sign(&self) -> i32 {
        let number = self.0.as_ref().expect("what has no value has no sign");
        i32::from(*number > Big::ZERO) - i32::from(*number < Big::ZERO)
    }
    fn smooth(&self, function: &str) -> Self {
        let Some(number) = &self.0 else { return Float(None) };
        if *number == Big::ZERO {
            let at_zero = match function {
                "exp" | "cos" => Some(Self::one()),
                "sqrt" | "tanh" | "sin" => Some(Self::zero()),
                "log" => Some(Float(None)),
                _ => None,
            };
            if let Some(value) = at_zero {
                return value;
            }
        }
        match function {
            "sqrt" => self.sqrt(),
            "log" if *number < Big::ZERO => Float(None),
            "log" if *number == big(1) => Self::zero(),
            "log" => Float(Some(number.ln())),
            "exp" => Float(Some(number.exp())),
            "tanh" => Float(Some(number.tanh())),
            "sin" => Float(Some(number.sin())),
            "cos" => Float(Some(number.cos())),
            "sigmoid" => Self::one() / (Self::one() + (-self.clone()).smooth("exp")),
            "Phi" => self.normal(),
            _ => unreachable!("{function}"),
        }
    }
}

impl Float {
    /// Φ(x) = ½ + φ(x)(x + x³/3 + x⁵/(3·5) + …)
    fn normal(&self) -> Self {
        let square = self.square();
        let (mut term, mut sum) = (self.clone(), self.clone());
        for n in 1.. {
            term = &term * &square / Self::from(2 * n + 1);
            let next = &sum + &term;
            if next == sum {
                break;
            }
            sum = next;
        }
        let half = Self::one() / Self::from(2);
        let density = (-(&square * &half)).smooth("exp") / (Self::from(2) * Self::pi()).sqrt();
        half + density * sum
    }
}

#[test]
fn functions_have_the_digits_of_the_tables() {
    let table = [
        ("exp", "1", "2.7182818284590452353602874713526624977572470936999595749669676"),
        ("log", "2", "0.6931471805599453094172321214581765680755001343602552541206800"),
        ("sqrt", "2", "1.4142135623730950488016887242096980785696718753769480731766797"),
        ("tanh", "1", "0.7615941559557648881194582826047935904127685972579365515968105"),
        ("sin", "1", "0.8414709848078965066525023216302989996225630607983710656727517"),
        ("cos", "1", "0.5403023058681397174009366074429766037323104206179222276700972"),
        ("sigmoid", "1", "0.7310585786300048792511592418218362743651446401650565192763659"),
        ("Phi", "1", "0.8413447460685429485852325456320379224779129667266043909873944"),
    ];
    let number = |text: &str| Float::of(&crate::witness::decimal(text).unwrap());
    for (function, argument, expected) in table {
        let (found, expected) = (number(argument).smooth(function), number(expected));
        assert!(found.is_near(&expected, 190), "{function}({argument}): {found:?}");
        assert!(!found.is_near(&(expected + number("1e-50")), 190), "{function}({argument})");
    }
}

#[test]
fn what_cancels_is_zero_and_nothing_divides_by_it() {
    let root = |integer: i64| Float::from(integer).sqrt();
    let zero = root(2) * root(3) - root(6);
    assert!(zero.is_zero() && !(Float::one() / &zero).is_defined());
    assert!(!(root(6) + Float::one() / Float::from(10).power(60) - root(6)).is_zero());
    assert!(!root(-1).is_defined() && !(Float::zero() * root(-1)).is_defined());
}
