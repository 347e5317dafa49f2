//! Numbers with 192 binary digits after the point, and elementary functions from their
//! series: some 57 decimals, without the program's own number tower.

use dashu_base::SquareRoot as _;
use dashu_int::{IBig, UBig};
use dashu_ratio::RBig;
use gradsheet::number::Real;

use crate::dual::Number;

const BITS: usize = 192;
/// More digits while a function is computed.
const GUARD: usize = 64;
/// What is smaller is zero: nothing here is so small otherwise.
const ZERO_BITS: usize = 72;
/// Binary digits that must agree: 38 decimals.
const SAME_BITS: usize = 128;

/// 1/√(2π)
pub(crate) const ROOT_OF_TWO_PI: &str =
    "0.39894228040143267793994605993438186847585863116493465766592582967";
/// √(2/π)
pub(crate) const ROOT_OF_TWO_OVER_PI: &str =
    "0.79788456080286535587989211986876373695171726232986931533185165934";

/// A whole number of 2⁻¹⁹².
#[derive(Clone, Debug)]
pub(crate) struct Fixed(IBig);

/// A number that the engine's results are judged by.
pub(crate) trait Judge: Number + std::fmt::Debug {
    fn from_real(real: &Real) -> Self;
    /// Equal, as far as this kind of number can tell.
    fn same(&self, other: &Self) -> bool;
}

impl Judge for RBig {
    fn from_real(real: &Real) -> Self {
        real.as_rational().expect("fractions stay fractions").into_owned()
    }
    fn same(&self, other: &Self) -> bool {
        self == other
    }
}

impl Judge for Fixed {
    fn from_real(real: &Real) -> Self {
        match real.as_rational() {
            Some(rational) => Self::of(&rational),
            None => Self::of(&real.ball(256).unwrap().midpoint()),
        }
    }
    fn same(&self, other: &Self) -> bool {
        self.near(other, SAME_BITS)
    }
}

impl Fixed {
    /// Whether two numbers differ by less than 2⁻ᵇⁱᵗˢ, or by less than this share of themselves.
    pub(crate) fn near(&self, other: &Self, bits: usize) -> bool {
        let gap = magnitude(&(&self.0 - &other.0));
        gap <= (magnitude(&self.0) + one(BITS)) >> bits
    }
}

impl Number for Fixed {
    fn of(value: &RBig) -> Self {
        Fixed((value * RBig::from(one(BITS))).floor())
    }
    fn add(&self, other: &Self) -> Self {
        Fixed(&self.0 + &other.0)
    }
    fn multiply(&self, other: &Self) -> Self {
        Fixed((&self.0 * &other.0) >> BITS)
    }
    fn divide(&self, other: &Self) -> Self {
        assert!(other.sign() != 0, "division by zero");
        Fixed((&self.0 << BITS) / &other.0)
    }
    fn sign(&self) -> i32 {
        match () {
            () if magnitude(&self.0) < one(ZERO_BITS) => 0,
            () if self.0 < IBig::ZERO => -1,
            () => 1,
        }
    }
    fn smooth(&self, function: &str) -> Self {
        let unit = Fixed(one(BITS));
        match function {
            "exp" => exp(self),
            "log" => log(self),
            "sqrt" => {
                let square: UBig = (&self.0 << BITS).try_into().expect("a root of a negative");
                Fixed(square.sqrt().into())
            }
            // (1 − e⁻²ˣ)/(1 + e⁻²ˣ), for x ≥ 0.
            "tanh" if self.0 < IBig::ZERO => Fixed(-Fixed(-&self.0).smooth("tanh").0),
            "tanh" => {
                let power = exp(&Fixed(&self.0 * IBig::from(-2)));
                unit.minus(&power).divide(&unit.add(&power))
            }
            "sin" => turned(self).0,
            "cos" => turned(self).1,
            "Phi" => normal(self),
            "sigmoid" => unit.divide(&unit.add(&exp(&Fixed(-&self.0)))),
            _ => unreachable!("{function}"),
        }
    }
}

fn one(bits: usize) -> IBig {
    IBig::ONE << bits
}

fn magnitude(value: &IBig) -> IBig {
    if *value < IBig::ZERO { -value } else { value.clone() }
}

/// sin x and cos x, from those of x/2ⁿ by their series and sin 2t = 2 sin t cos t.
fn turned(x: &Fixed) -> (Fixed, Fixed) {
    let digits = BITS + 2 * GUARD;
    let mut halvings = 4;
    while magnitude(&x.0) >> (BITS + halvings - 4) > IBig::ZERO {
        halvings += 1;
    }
    let small: IBig = (&x.0 << (2 * GUARD)) >> halvings;
    let (mut sin, mut cos, mut term) = (IBig::ZERO, one(digits), one(digits));
    for n in 1_u32.. {
        term = ((&term * &small) >> digits) / IBig::from(n);
        match n % 4 {
            0 => cos += &term,
            1 => sin += &term,
            2 => cos -= &term,
            _ => sin -= &term,
        }
        if magnitude(&term) <= IBig::ONE {
            break;
        }
    }
    for _ in 0..halvings {
        let doubled: IBig = (&sin * &cos) >> (digits - 1);
        cos = one(digits) - ((&sin * &sin) >> (digits - 1));
        sin = doubled;
    }
    (Fixed(sin >> (2 * GUARD)), Fixed(cos >> (2 * GUARD)))
}

/// Φ(x) = ½ + (x − x³/(2·3) + x⁵/(2²·2!·5) − …)/√(2π), with as many digits more as cancel.
fn normal(x: &Fixed) -> Fixed {
    if magnitude(&x.0) > one(BITS) * IBig::from(40) {
        return Fixed(if x.0 < IBig::ZERO { IBig::ZERO } else { one(BITS) });
    }
    let digits = BITS + 2400;
    let x = &x.0 << 2400;
    let square: IBig = (&x * &x) >> digits;
    let (mut power, mut sum) = (x.clone(), x.clone());
    for n in 1_u32.. {
        power = -((&power * &square) >> digits) / IBig::from(2 * n);
        let term = &power / IBig::from(2 * n + 1);
        sum += &term;
        if magnitude(&power) <= IBig::ONE {
            break;
        }
    }
    let density = Fixed::of(&crate::witness::decimal(ROOT_OF_TWO_PI).unwrap());
    let value = (sum * density.0) >> digits;
    Fixed(value + (one(BITS) >> 1))
}

/// eˣ = (e^(x/2ⁿ))^(2ⁿ), the inner power by its series; e⁻ˣ = 1/eˣ.
fn exp(x: &Fixed) -> Fixed {
    if x.0 < IBig::ZERO {
        return Fixed(one(BITS)).divide(&exp(&Fixed(-&x.0)));
    }
    let whole: u64 = (&x.0 >> BITS).try_into().expect("no such powers here");
    let halvings = 72 - usize::try_from(whole.leading_zeros()).unwrap();
    let digits = BITS + GUARD;
    let small: IBig = (&x.0 << GUARD) >> halvings;
    let (mut term, mut sum) = (one(digits), one(digits));
    for n in 1.. {
        term = ((&term * &small) >> digits) / IBig::from(n);
        if term == IBig::ZERO {
            break;
        }
        sum += &term;
    }
    for _ in 0..halvings {
        sum = (&sum * &sum) >> digits;
    }
    Fixed(sum >> GUARD)
}

/// y + 2(x − eʸ)/(x + eʸ) has three times as many right digits as y.
fn log(x: &Fixed) -> Fixed {
    assert!(x.sign() > 0, "a logarithm of what is not positive");
    let start = libm::log(RBig::from_parts(x.0.clone(), UBig::ONE << BITS).to_f64().value());
    let mut y = Fixed::of(&RBig::try_from(start).unwrap());
    for _ in 0..3 {
        let power = exp(&y);
        let step = x.minus(&power).divide(&x.add(&power));
        y = y.add(&step).add(&step);
    }
    y
}

#[test]
fn functions_of_fixed_point_numbers_have_the_digits_of_the_tables() {
    // Forty decimals, from mathematical tables.
    let table = [
        ("exp", "1", "2.7182818284590452353602874713526624977572"),
        ("exp", "-10", "0.0000453999297624848515355915155605506103"),
        ("log", "2", "0.6931471805599453094172321214581765680755"),
        ("log", "10", "2.3025850929940456840179914546843642076011"),
        ("sqrt", "2", "1.4142135623730950488016887242096980785697"),
        ("tanh", "1", "0.7615941559557648881194582826047935904128"),
        ("tanh", "-1", "-0.7615941559557648881194582826047935904128"),
        ("sigmoid", "1", "0.7310585786300048792511592418218362743651"),
    ];
    let number = |text: &str| Fixed::of(&crate::witness::decimal(text).unwrap());
    for (function, argument, expected) in table {
        let (found, expected) = (number(argument).smooth(function), number(expected));
        assert!(found.near(&expected, 130), "{function}({argument})");
        let off = expected.add(&number("1e-35"));
        assert!(!found.near(&off, 130), "{function}({argument})");
    }
}
