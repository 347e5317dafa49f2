//! Forward mode: a number with its derivatives by many variables at once, and the
//! functions of the catalogue with their slopes, written down a second time.
//!
//! ```text
//! (a + a'ᵢ δᵢ)(b + b'ᵢ δᵢ) = ab + (a'ᵢ b + a b'ᵢ) δᵢ          δᵢ δⱼ = 0
//! ```

use dashu_ratio::RBig;

use crate::dual::{Number, fraction};

/// A number and its derivatives; those that are missing at the end are 0.
#[derive(Clone, Debug)]
pub(crate) struct Jet<N> {
    pub(crate) value: N,
    pub(crate) slopes: Vec<N>,
}

/// Functions with their signs, in the order of evaluation; norms only where they are 0.
pub(crate) type Met = Vec<(String, i32)>;

impl<N: Number> Jet<N> {
    pub(crate) fn constant(value: N) -> Self {
        Jet { value, slopes: Vec::new() }
    }

    pub(crate) fn of(value: &RBig) -> Self {
        Self::constant(N::of(value))
    }

    /// The derivative by a variable.
    pub(crate) fn slope(&self, variable: usize) -> N {
        self.slopes.get(variable).cloned().unwrap_or_else(|| N::of(&RBig::ZERO))
    }

    /// Adds a variable of its own.
    pub(crate) fn seed(&mut self, variable: usize) {
        let count = self.slopes.len().max(variable + 1);
        self.slopes.resize(count, N::of(&RBig::ZERO));
        self.slopes[variable] = self.slopes[variable].add(&N::of(&RBig::ONE));
    }

    /// A function of jets with the given value and partial derivatives.
    fn through(value: N, parts: &[(&Self, N)]) -> Self {
        let count = parts.iter().map(|(jet, _)| jet.slopes.len()).max().unwrap_or(0);
        let mut slopes = vec![N::of(&RBig::ZERO); count];
        for (jet, factor) in parts {
            for (sum, slope) in slopes.iter_mut().zip(&jet.slopes) {
                *sum = sum.add(&slope.multiply(factor));
            }
        }
        Jet { value, slopes }
    }

    pub(crate) fn plus(&self, other: &Self) -> Self {
        let (long, short) =
            if self.slopes.len() < other.slopes.len() { (other, self) } else { (self, other) };
        let mut slopes = long.slopes.clone();
        for (sum, slope) in slopes.iter_mut().zip(&short.slopes) {
            *sum = sum.add(slope);
        }
        Jet { value: self.value.add(&other.value), slopes }
    }

    pub(crate) fn times(&self, other: &Self) -> Self {
        let value = self.value.multiply(&other.value);
        Self::through(value, &[(self, other.value.clone()), (other, self.value.clone())])
    }

    /// a/b, whose derivative is (a' − (a/b) b')/b.
    pub(crate) fn over(&self, other: &Self) -> Self {
        let value = self.value.divide(&other.value);
        let reciprocal = N::of(&RBig::ONE).divide(&other.value);
        let below = value.multiply(&reciprocal).multiply(&N::of(&fraction(-1, 1)));
        Self::through(value, &[(self, reciprocal), (other, below)])
    }

    pub(crate) fn negated(&self) -> Self {
        self.times(&Self::of(&fraction(-1, 1)))
    }

    pub(crate) fn minus(&self, other: &Self) -> Self {
        self.plus(&other.negated())
    }

    /// To a whole power, by multiplication.
    pub(crate) fn to_whole(&self, exponent: i64) -> Self {
        let one = Self::of(&RBig::ONE);
        let power = (0..exponent.abs()).fold(one.clone(), |product, _| product.times(self));
        if exponent < 0 { one.over(&power) } else { power }
    }

    /// aᵇ = e^(b ln a)
    pub(crate) fn to_power(&self, exponent: &Self) -> Self {
        let logarithm = Self::call("log", None, &[self], &mut Met::new());
        Self::call("exp", None, &[&exponent.times(&logarithm)], &mut Met::new())
    }

    /// The square root of a sum of squares. Where all are 0 the derivative is said to be 0.
    pub(crate) fn norm(entries: &[Self], met: &mut Met) -> Self {
        let square = |jet: &Self| jet.times(jet);
        let zero = Self::of(&RBig::ZERO);
        let sum = entries.iter().map(square).fold(zero.clone(), |sum, jet| sum.plus(&jet));
        if sum.value.sign() == 0 {
            met.push(("norm".to_owned(), 0));
            return zero;
        }
        Self::call("sqrt", None, &[&sum], met)
    }

    /// A function of the catalogue that works entry by entry.
    pub(crate) fn call(
        function: &str,
        at_kink: Option<&RBig>,
        arguments: &[&Self],
        met: &mut Met,
    ) -> Self {
        let values: Vec<N> = arguments.iter().map(|jet| jet.value.clone()).collect();
        let (value, slopes) = function_and_slopes(function, at_kink, &values, met);
        let parts: Vec<(&Self, N)> = arguments.iter().copied().zip(slopes).collect();
        Self::through(value, &parts)
    }
}

/// The value of a function, and its derivative by each argument.
pub(crate) fn function_and_slopes<N: Number>(
    function: &str,
    at_kink: Option<&RBig>,
    arguments: &[N],
    met: &mut Met,
) -> (N, Vec<N>) {
    let z = &arguments[0];
    let one = N::of(&RBig::ONE);
    match function {
        "exp" => (z.smooth("exp"), vec![z.smooth("exp")]),
        "log" => (z.smooth("log"), vec![one.divide(z)]),
        "sqrt" => {
            let root = z.smooth("sqrt");
            (root.clone(), vec![one.divide(&root.add(&root))])
        }
        "tanh" => {
            let value = z.smooth("tanh");
            (value.clone(), vec![one.minus(&value.multiply(&value))])
        }
        "sigmoid" => {
            let value = z.smooth("sigmoid");
            (value.clone(), vec![value.multiply(&one.minus(&value))])
        }
        _ => piecewise(function, at_kink, arguments, met),
    }
}

/// At a kink: 0 for `relu` and `abs`, one half of each for `max` and `min`; or what
/// `at_kink` says of the first argument, and the rest of 1 of the second.
fn piecewise<N: Number>(
    function: &str,
    at_kink: Option<&RBig>,
    arguments: &[N],
    met: &mut Met,
) -> (N, Vec<N>) {
    let first = &arguments[0];
    let on = match arguments.get(1) {
        Some(second) => first.minus(second),
        None => first.clone(),
    };
    let sign = on.sign();
    met.push((function.to_owned(), sign));
    let number = |above, below| N::of(&fraction(above, below));
    let (zero, one, half) = (number(0, 1), number(1, 1), number(1, 2));
    let (value, mut slopes) = match (function, sign) {
        ("relu" | "abs", 1) => (first.clone(), vec![one]),
        ("relu", _) | ("abs", 0) => (zero.clone(), vec![zero]),
        ("abs", _) => (zero.minus(first), vec![number(-1, 1)]),
        ("max", 1) | ("min", -1) => (first.clone(), vec![one, zero]),
        ("max", -1) | ("min", 1) => (arguments[1].clone(), vec![zero, one]),
        ("max" | "min", _) => (first.clone(), vec![half.clone(), half]),
        _ => panic!("the tests don't know the function `{function}`"),
    };
    if let (0, Some(chosen)) = (sign, at_kink) {
        slopes[0] = N::of(chosen);
        if let Some(second) = slopes.get_mut(1) {
            *second = number(1, 1).minus(&N::of(chosen));
        }
    }
    (value, slopes)
}
