//! Forward mode: a number with its derivatives by many variables at once, and the
//! functions of the catalogue with their slopes, written down a second time.
//!
//! ```text
//! (a + a'ᵢ δᵢ)(b + b'ᵢ δᵢ) = ab + (a'ᵢ b + a b'ᵢ) δᵢ          δᵢ δⱼ = 0
//! ```

use dashu_ratio::RBig;

use super::fixed;
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
        "sin" => (z.smooth("sin"), vec![z.smooth("cos")]),
        "cos" => (z.smooth("cos"), vec![one.minus(&one).minus(&z.smooth("sin"))]),
        // ln(1 + eᶻ), whose slope is eᶻ/(1 + eᶻ).
        "softplus" => {
            let power = z.smooth("exp");
            let sum = one.add(&power);
            (sum.smooth("log"), vec![power.divide(&sum)])
        }
        "silu" => {
            let sigmoid = z.smooth("sigmoid");
            let value = z.multiply(&sigmoid);
            let slope = sigmoid.add(&value.multiply(&one.minus(&sigmoid)));
            (value, vec![slope])
        }
        "gelu" => {
            let phi = z.smooth("Phi");
            let half = z.multiply(z).multiply(&N::of(&fraction(-1, 2)));
            let density = half.smooth("exp").multiply(&constant(fixed::ROOT_OF_TWO_PI));
            (z.multiply(&phi), vec![phi.add(&z.multiply(&density))])
        }
        "gelu/tanh" => {
            let (root, half) = (constant::<N>(fixed::ROOT_OF_TWO_OVER_PI), N::of(&fraction(1, 2)));
            let square = z.multiply(z);
            let inner = one.add(&square.multiply(&N::of(&fraction(44_715, 1_000_000))));
            let tanh = z.multiply(&inner).multiply(&root).smooth("tanh");
            let inner = one.add(&square.multiply(&N::of(&fraction(134_145, 1_000_000))));
            let bend = one.minus(&tanh.multiply(&tanh)).multiply(&inner).multiply(&root);
            let sum = one.add(&tanh);
            let slope = sum.add(&z.multiply(&bend)).multiply(&half);
            (z.multiply(&sum).multiply(&half), vec![slope])
        }
        "half_squared_error" | "mse" | "mae" | "huber" | "hinge" | "bce" | "bce_with_logits" => {
            loss(function, at_kink, arguments, met)
        }
        _ => piecewise(function, at_kink, arguments, met),
    }
}

/// A constant with many digits.
fn constant<N: Number>(digits: &str) -> N {
    N::of(&crate::witness::decimal(digits).unwrap())
}

/// One entry of a loss of prediction and target, and its two slopes.
fn loss<N: Number>(
    function: &str,
    at_kink: Option<&RBig>,
    arguments: &[N],
    met: &mut Met,
) -> (N, Vec<N>) {
    let (a, b) = (&arguments[0], &arguments[1]);
    let number = |above, below| N::of(&fraction(above, below));
    let (zero, one, gap) = (number(0, 1), number(1, 1), a.minus(b));
    let opposite = |slope: N| vec![slope.clone(), number(0, 1).minus(&slope)];
    let mut branch = |on: &N| {
        met.push((function.to_owned(), on.sign()));
        on.sign()
    };
    match function {
        "half_squared_error" => (gap.multiply(&gap).multiply(&number(1, 2)), opposite(gap)),
        "mse" => (gap.multiply(&gap), opposite(gap.add(&gap))),
        "mae" => match (branch(&gap), at_kink) {
            (0, Some(chosen)) => (zero, opposite(N::of(chosen))),
            (sign, _) => {
                let slope = number(i64::from(sign), 1);
                (gap.multiply(&slope), opposite(slope))
            }
        },
        // Branches by gap + 1, or where that is positive, and gap − 1 too, by gap − 1.
        "huber" => {
            let (low, high) = (gap.add(&one), gap.minus(&one));
            let decides = low.sign() <= 0 || high.sign() < 0;
            branch(if decides { &low } else { &high });
            let slope = match (low.sign() < 0, high.sign() > 0) {
                (true, _) => number(-1, 1),
                (_, true) => one,
                _ => gap.clone(),
            };
            // ½g² inside, |g| − ½ outside: both are s(g − s/2).
            let inner = gap.minus(&slope.multiply(&number(1, 2)));
            (slope.multiply(&inner), opposite(slope))
        }
        "hinge" => {
            let margin = one.minus(&a.multiply(b));
            let share = match (branch(&margin), at_kink) {
                (1, _) => number(-1, 1),
                (0, Some(chosen)) => zero.minus(&N::of(chosen)),
                _ => zero.clone(),
            };
            let value = if margin.sign() > 0 { margin } else { zero };
            (value, vec![share.multiply(b), share.multiply(a)])
        }
        "bce" => {
            let (rest, miss) = (one.minus(a), one.minus(b));
            let (log, log_rest) = (a.smooth("log"), rest.smooth("log"));
            let value = zero.minus(&b.multiply(&log)).minus(&miss.multiply(&log_rest));
            (value, vec![miss.divide(&rest).minus(&b.divide(a)), log_rest.minus(&log)])
        }
        // −b ln σ(a) − (1 − b) ln(1 − σ(a))
        _ => {
            let sigmoid = a.smooth("sigmoid");
            let power = zero.minus(a).smooth("exp");
            let value = one.add(&power).smooth("log").add(&a.multiply(&one.minus(b)));
            (value, vec![sigmoid.minus(b), zero.minus(a)])
        }
    }
}

/// Where a function of one argument has its kinks, and its value and slope below the
/// first, between and above.
struct Pieces<N> {
    kinks: Vec<N>,
    values: Vec<N>,
    slopes: Vec<N>,
    at_kink: N,
}

fn pieces<N: Number>(function: &str, z: &N) -> Option<Pieces<N>> {
    let number = |above, below| N::of(&fraction(above, below));
    let (zero, one) = (number(0, 1), number(1, 1));
    let power = |factor: &N| {
        let power = z.smooth("exp").multiply(factor);
        (power.minus(factor), power)
    };
    let exponential = |scale: N, factor: N| {
        // On the side of the line nobody asks for the power.
        let (low, slope) = if z.sign() < 0 { power(&factor) } else { (zero.clone(), zero.clone()) };
        Pieces {
            kinks: vec![zero.clone()],
            values: vec![low, z.multiply(&scale)],
            slopes: vec![slope, scale],
            at_kink: factor,
        }
    };
    let flat = |low: N, high: N| Pieces {
        kinks: vec![low.clone(), high.clone()],
        values: vec![low, z.clone(), high],
        slopes: vec![zero.clone(), one.clone(), zero.clone()],
        at_kink: zero.clone(),
    };
    Some(match function {
        "leaky_relu" => Pieces {
            kinks: vec![zero.clone()],
            values: vec![z.multiply(&number(1, 100)), z.clone()],
            slopes: vec![number(1, 100), one],
            at_kink: number(1, 100),
        },
        "elu" => exponential(one.clone(), one.clone()),
        "selu" => {
            let scale: N = constant("1.0507009873554804934193349852946");
            let factor = scale.multiply(&constant("1.6732632423543772848170429916717"));
            exponential(scale, factor)
        }
        "hard_tanh" => flat(number(-1, 1), one.clone()),
        "relu6" => flat(zero.clone(), number(6, 1)),
        _ => return None,
    })
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
    if let Some(pieces) = pieces(function, first) {
        return in_pieces(function, at_kink, first, &pieces, met);
    }
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
        ("sign", 1) => (one, vec![zero]),
        ("sign", 0) => (zero.clone(), vec![zero]),
        ("sign", _) => (number(-1, 1), vec![zero]),
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

/// The branch is told by the last kink that is not above.
fn in_pieces<N: Number>(
    function: &str,
    at_kink: Option<&RBig>,
    z: &N,
    pieces: &Pieces<N>,
    met: &mut Met,
) -> (N, Vec<N>) {
    let signs: Vec<i32> = pieces.kinks.iter().map(|kink| z.minus(kink).sign()).collect();
    let reached = signs.iter().filter(|sign| **sign >= 0).count();
    let sign = if reached == 0 { -1 } else { signs[reached - 1] };
    met.push((function.to_owned(), sign));
    if sign == 0 {
        let slope = at_kink.map_or_else(|| pieces.at_kink.clone(), N::of);
        // The pieces meet.
        return (pieces.values[reached].clone(), vec![slope]);
    }
    (pieces.values[reached].clone(), vec![pieces.slopes[reached].clone()])
}
