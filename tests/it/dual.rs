//! Expressions evaluated with dual numbers: forward-mode differentiation.
//!
//! ```text
//! (a + a' δ)(b + b' δ) = ab + (a'b + ab')δ          δ² = 0
//! ```
//!
//! The tree evaluates itself; the engine reads its text.

use dashu_int::IBig;
use dashu_ratio::RBig;
use gradsheet::number::Real;

/// SplitMix64: the same models on every machine.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(count).unwrap()).unwrap()
    }

    pub(crate) fn choose<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// A decimal with two places in [-2, 2], not zero.
    pub(crate) fn decimal(&mut self) -> RBig {
        let hundredths = i64::try_from(self.below(200)).unwrap() + 1;
        let sign = self.choose(&[-1, 1]);
        fraction(sign * hundredths, 100)
    }
}

pub(crate) fn fraction(above: i64, below: u64) -> RBig {
    RBig::from_parts(IBig::from(above), below.into())
}

/// An expression; `Name` counts leaves first, then definitions.
#[derive(Clone)]
pub(crate) enum Tree {
    Number(RBig),
    Name(usize),
    Negate(Box<Tree>),
    Binary(char, Box<Tree>, Box<Tree>),
    /// To the power of a whole number.
    Power(Box<Tree>, u32),
    Call(&'static str, Vec<Tree>),
}

pub(crate) fn binary(operator: char, left: Tree, right: Tree) -> Tree {
    Tree::Binary(operator, Box::new(left), Box::new(right))
}

impl Tree {
    pub(crate) fn text(&self) -> String {
        match self {
            Tree::Number(number) => format!("({number})"),
            Tree::Name(index) => name(*index),
            Tree::Negate(inner) => format!("(-{})", inner.text()),
            Tree::Binary(operator, left, right) => {
                format!("({} {operator} {})", left.text(), right.text())
            }
            Tree::Power(base, exponent) => format!("{}^{exponent}", base.text_as_base()),
            Tree::Call(function, arguments) => {
                let arguments: Vec<String> = arguments.iter().map(Tree::text).collect();
                format!("{function}({})", arguments.join(", "))
            }
        }
    }

    fn text_as_base(&self) -> String {
        match self {
            Tree::Name(_) | Tree::Call(..) => self.text(),
            _ => format!("({})", self.text()),
        }
    }
}

/// Leaves are `p0 … p3`, definitions `d4 …`; the last definition is the loss.
pub(crate) fn name(index: usize) -> String {
    if index < LEAVES { format!("p{index}") } else { format!("d{index}") }
}

pub(crate) const LEAVES: usize = 4;

/// What a tree can be evaluated over.
pub(crate) trait Number: Clone {
    fn of(value: &RBig) -> Self;
    fn add(&self, other: &Self) -> Self;
    fn multiply(&self, other: &Self) -> Self;
    fn divide(&self, other: &Self) -> Self;
    fn sign(&self) -> i32;
    /// exp, log, sqrt, tanh, sigmoid, sin, cos, Phi.
    fn smooth(&self, function: &str) -> Self;

    fn minus(&self, other: &Self) -> Self {
        self.add(&other.multiply(&Self::of(&fraction(-1, 1))))
    }
}

impl Number for Real {
    fn of(value: &RBig) -> Self {
        Real::from(value.clone())
    }
    fn add(&self, other: &Self) -> Self {
        self + other
    }
    fn multiply(&self, other: &Self) -> Self {
        self * other
    }
    fn divide(&self, other: &Self) -> Self {
        self.checked_div(other).unwrap()
    }
    fn sign(&self) -> i32 {
        Real::sign(self).unwrap().to_i32()
    }
    fn smooth(&self, function: &str) -> Self {
        let value = match function {
            "exp" => self.exp(),
            "log" => self.log(),
            "sqrt" => self.sqrt(),
            "tanh" => self.tanh(),
            "sin" => self.sin(),
            "cos" => self.cos(),
            "Phi" => self.phi(),
            _ => self.sigmoid(),
        };
        value.unwrap()
    }
}

impl Number for RBig {
    fn of(value: &RBig) -> Self {
        value.clone()
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
        match self.cmp(&RBig::ZERO) {
            std::cmp::Ordering::Less => -1,
            std::cmp::Ordering::Equal => 0,
            std::cmp::Ordering::Greater => 1,
        }
    }
    fn smooth(&self, function: &str) -> Self {
        unreachable!("{function} leaves the fractions")
    }
}

#[derive(Clone)]
pub(crate) struct Dual<N> {
    pub(crate) value: N,
    pub(crate) tangent: N,
}

impl<N: Number> Dual<N> {
    fn scaled(&self, value: N, slope: &N) -> Self {
        Dual { value, tangent: self.tangent.multiply(slope) }
    }

    fn plus(&self, other: &Self) -> Self {
        let tangent = self.tangent.add(&other.tangent);
        Dual { value: self.value.add(&other.value), tangent }
    }

    fn times(&self, other: &Self) -> Self {
        let left = self.tangent.multiply(&other.value);
        let right = other.tangent.multiply(&self.value);
        Dual { value: self.value.multiply(&other.value), tangent: left.add(&right) }
    }

    fn over(&self, other: &Self) -> Self {
        let value = self.value.divide(&other.value);
        let rest = self.tangent.minus(&value.multiply(&other.tangent));
        Dual { tangent: rest.divide(&other.value), value }
    }

    fn negated(&self) -> Self {
        let minus = N::of(&fraction(-1, 1));
        Dual { value: self.value.multiply(&minus), tangent: self.tangent.multiply(&minus) }
    }
}

/// Signs that decided branches, in the order of evaluation.
pub(crate) type Signs = Vec<i32>;

pub(crate) fn evaluate<N: Number>(tree: &Tree, scope: &[Dual<N>], signs: &mut Signs) -> Dual<N> {
    match tree {
        Tree::Number(number) => Dual { value: N::of(number), tangent: N::of(&RBig::ZERO) },
        Tree::Name(index) => scope[*index].clone(),
        Tree::Negate(inner) => evaluate(inner, scope, signs).negated(),
        Tree::Binary(operator, left, right) => {
            let (left, right) = (evaluate(left, scope, signs), evaluate(right, scope, signs));
            match operator {
                '+' => left.plus(&right),
                '-' => left.plus(&right.negated()),
                '*' => left.times(&right),
                _ => left.over(&right),
            }
        }
        Tree::Power(base, exponent) => {
            let base = evaluate(base, scope, signs);
            let one = Dual { value: N::of(&RBig::ONE), tangent: N::of(&RBig::ZERO) };
            (0..*exponent).fold(one, |product, _| product.times(&base))
        }
        Tree::Call(function, arguments) => {
            let arguments: Vec<_> =
                arguments.iter().map(|argument| evaluate(argument, scope, signs)).collect();
            call(function, &arguments, signs)
        }
    }
}

fn call<N: Number>(function: &str, arguments: &[Dual<N>], signs: &mut Signs) -> Dual<N> {
    let (first, last) = (&arguments[0], &arguments[arguments.len() - 1]);
    let one = N::of(&RBig::ONE);
    let smooth = |of: &str| first.value.smooth(of);
    match function {
        "exp" => first.scaled(smooth("exp"), &smooth("exp")),
        "log" => first.scaled(smooth("log"), &one.divide(&first.value)),
        "sqrt" => {
            let root = smooth("sqrt");
            first.scaled(root.clone(), &one.divide(&root.add(&root)))
        }
        "tanh" => {
            let value = smooth("tanh");
            first.scaled(value.clone(), &one.minus(&value.multiply(&value)))
        }
        "sigmoid" => {
            let value = smooth("sigmoid");
            first.scaled(value.clone(), &value.multiply(&one.minus(&value)))
        }
        _ => piecewise(function, first, last, signs),
    }
}

/// At a kink: 0 for `relu` and `abs`, one half of each for `max` and `min`.
fn piecewise<N: Number>(
    function: &str,
    first: &Dual<N>,
    last: &Dual<N>,
    signs: &mut Signs,
) -> Dual<N> {
    let zero = Dual { value: N::of(&RBig::ZERO), tangent: N::of(&RBig::ZERO) };
    let alone = matches!(function, "relu" | "abs");
    let on = if alone { first.value.clone() } else { first.value.minus(&last.value) };
    let sign = on.sign();
    signs.push(sign);
    match (function, sign) {
        ("relu", 1) | ("abs", 1) | ("max", 1) | ("min", -1) => first.clone(),
        ("relu", _) | ("abs", 0) => zero,
        ("abs", _) => first.negated(),
        (_, 0) => {
            let sum = first.tangent.add(&last.tangent);
            Dual { value: first.value.clone(), tangent: sum.multiply(&N::of(&fraction(1, 2))) }
        }
        _ => last.clone(),
    }
}
