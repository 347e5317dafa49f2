//! The functions that a formula may call.
//!
//! A function is either *primitive* (exp, log, square root, sigmoid, tanh: the number
//! tower evaluates it) or *piecewise*: one of three formulas, chosen by the sign of
//! another formula. The derivative is a formula too, by argument. The engine, the
//! worked solutions and the derivations all read this one table.
//!
//! Derivatives at a kink follow the convention ReLU′(0) = 0 of PyTorch, JAX and Keras
//! for `relu`, 0 for `abs` (PyTorch), and one half for each argument where `max` or
//! `min` ties (`torch.maximum`, `jnp.maximum`). `at_kink` chooses otherwise.

use std::sync::OnceLock;

use super::{Expression, parse};

/// One function, its value and its derivatives.
#[derive(Debug)]
pub struct Function {
    /// Its name in the scenario language.
    pub name: &'static str,
    /// Its name in LaTeX.
    pub latex: &'static str,
    /// The names of its arguments in `body` and `derivatives`.
    pub parameters: &'static [&'static str],
    /// How its value comes about.
    pub body: Body,
    /// The derivative by each argument.
    pub derivatives: &'static [Derivative],
    /// How it is written.
    pub layout: Layout,
    compiled: OnceLock<Compiled>,
}

/// How a value comes about.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    /// Evaluated by the number tower.
    Primitive(Primitive),
    /// One of three formulas, by the sign of `on`.
    Piecewise {
        /// The formula whose sign decides.
        on: &'static str,
        /// The value where the sign is negative, zero, positive.
        values: [&'static str; 3],
        /// What the branch is called where the sign is negative, zero, positive.
        branches: [&'static str; 3],
    },
    /// One number from all entries of a matrix.
    Reduction(Reduction),
}

/// What becomes of the entries of a matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduction {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// The Euclidean (Frobenius) norm.
    Norm,
}

/// The functions that the number tower evaluates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Primitive {
    /// eˣ
    Exp,
    /// The natural logarithm.
    Log,
    /// The square root.
    Sqrt,
    /// 1/(1 + e⁻ᶻ)
    Sigmoid,
    /// The hyperbolic tangent.
    Tanh,
}

/// The derivative by one argument.
#[derive(Debug, Clone, Copy)]
pub enum Derivative {
    /// One formula everywhere, put in at once where a derivative is printed.
    Formula(&'static str),
    /// One formula everywhere, printed with a prime: σ′(z).
    Primed(&'static str),
    /// One formula for each sign of the function's `on`, printed with a prime.
    Piecewise([&'static str; 3]),
}

/// How a call is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `name(argument)`
    Call,
    /// Under a root sign.
    Root,
    /// Between bars.
    Bars,
    /// Between double bars.
    Norm,
}

#[derive(Debug)]
struct Compiled {
    on: Option<Expression>,
    values: Vec<Expression>,
    derivatives: Vec<Vec<Expression>>,
}

impl PartialEq for Function {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

const fn smooth(
    name: &'static str,
    latex: &'static str,
    primitive: Primitive,
    derivatives: &'static [Derivative],
    layout: Layout,
) -> Function {
    let body = Body::Primitive(primitive);
    Function {
        name,
        latex,
        parameters: &["z"],
        body,
        derivatives,
        layout,
        compiled: OnceLock::new(),
    }
}

/// The derivative of a reduction depends on the matrix as a whole; see `adjoint`.
const fn reduction(
    name: &'static str,
    latex: &'static str,
    kind: Reduction,
    layout: Layout,
) -> Function {
    Function {
        name,
        latex,
        parameters: &["z"],
        body: Body::Reduction(kind),
        derivatives: &[Derivative::Formula("1")],
        layout,
        compiled: OnceLock::new(),
    }
}

static FUNCTIONS: [Function; 13] = [
    Function {
        name: "relu",
        latex: r"\mathrm{ReLU}",
        parameters: &["z"],
        body: Body::Piecewise {
            on: "z",
            values: ["0", "0", "z"],
            branches: ["inactive", "kink", "active"],
        },
        derivatives: &[Derivative::Piecewise(["0", "0", "1"])],
        layout: Layout::Call,
        compiled: OnceLock::new(),
    },
    smooth(
        "sigmoid",
        r"\sigma",
        Primitive::Sigmoid,
        &[Derivative::Primed("sigmoid(z)*(1 - sigmoid(z))")],
        Layout::Call,
    ),
    smooth("tanh", r"\tanh", Primitive::Tanh, &[Derivative::Primed("1 - tanh(z)^2")], Layout::Call),
    smooth("exp", r"\exp", Primitive::Exp, &[Derivative::Formula("exp(z)")], Layout::Call),
    smooth("log", r"\ln", Primitive::Log, &[Derivative::Formula("1/z")], Layout::Call),
    smooth(
        "sqrt",
        r"\sqrt",
        Primitive::Sqrt,
        &[Derivative::Formula("1/(2*sqrt(z))")],
        Layout::Root,
    ),
    Function {
        name: "abs",
        latex: r"\operatorname{abs}",
        parameters: &["z"],
        body: Body::Piecewise {
            on: "z",
            values: ["-z", "0", "z"],
            branches: ["negative", "kink", "positive"],
        },
        derivatives: &[Derivative::Piecewise(["-1", "0", "1"])],
        layout: Layout::Bars,
        compiled: OnceLock::new(),
    },
    Function {
        name: "max",
        latex: r"\max",
        parameters: &["a", "b"],
        body: Body::Piecewise {
            on: "a - b",
            values: ["b", "a", "a"],
            branches: ["second", "kink", "first"],
        },
        derivatives: &[
            Derivative::Piecewise(["0", "1/2", "1"]),
            Derivative::Piecewise(["1", "1/2", "0"]),
        ],
        layout: Layout::Call,
        compiled: OnceLock::new(),
    },
    Function {
        name: "min",
        latex: r"\min",
        parameters: &["a", "b"],
        body: Body::Piecewise {
            on: "a - b",
            values: ["a", "a", "b"],
            branches: ["first", "kink", "second"],
        },
        derivatives: &[
            Derivative::Piecewise(["1", "1/2", "0"]),
            Derivative::Piecewise(["0", "1/2", "1"]),
        ],
        layout: Layout::Call,
        compiled: OnceLock::new(),
    },
    Function {
        name: "sign",
        latex: r"\operatorname{sgn}",
        parameters: &["z"],
        body: Body::Piecewise {
            on: "z",
            values: ["-1", "0", "1"],
            branches: ["negative", "kink", "positive"],
        },
        derivatives: &[Derivative::Piecewise(["0", "0", "0"])],
        layout: Layout::Call,
        compiled: OnceLock::new(),
    },
    reduction("sum", r"\operatorname{sum}", Reduction::Sum, Layout::Call),
    reduction("mean", r"\operatorname{mean}", Reduction::Mean, Layout::Call),
    reduction("norm", r"\operatorname{norm}", Reduction::Norm, Layout::Norm),
];

/// The functions of the catalogue that this version does not offer yet,
/// so that they are refused by name instead of being called unknown.
const LATER: [&str; 20] = [
    "leaky_relu",
    "elu",
    "selu",
    "softplus",
    "silu",
    "gelu",
    "hard_tanh",
    "relu6",
    "softmax",
    "log_softmax",
    "half_squared_error",
    "mse",
    "mae",
    "huber",
    "hinge",
    "bce",
    "bce_with_logits",
    "cross_entropy",
    "sin",
    "cos",
];

/// Every function, in the order in which `--help` and messages list them.
pub fn all() -> &'static [Function] {
    &FUNCTIONS
}

/// The function of that name.
pub fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// Whether the name belongs to a function that a later version brings.
pub fn comes_later(name: &str) -> bool {
    LATER.contains(&name)
}

impl Function {
    /// Whether the derivative jumps somewhere.
    pub fn has_kink(&self) -> bool {
        matches!(self.body, Body::Piecewise { .. })
    }

    /// Whether it stands at the end of a layer.
    pub fn is_activation(&self) -> bool {
        ["relu", "sigmoid", "tanh"].contains(&self.name)
    }

    /// Whether one number comes of a whole matrix.
    pub fn reduces(&self) -> Option<Reduction> {
        match self.body {
            Body::Reduction(kind) => Some(kind),
            Body::Primitive(_) | Body::Piecewise { .. } => None,
        }
    }

    /// The formula whose sign decides, in terms of [`Function::parameters`].
    pub fn decided_by(&'static self) -> Option<&'static Expression> {
        self.compiled().on.as_ref()
    }

    /// The formula of the value: for the sign (-1, 0, 1) of a piecewise function.
    pub fn value(&'static self, sign: i32) -> Option<&'static Expression> {
        self.compiled().values.get(index(sign))
    }

    /// The formula of the derivative by argument `argument`.
    pub fn derivative(&'static self, argument: usize, sign: i32) -> &'static Expression {
        let row = &self.compiled().derivatives[argument];
        if row.len() == 1 { &row[0] } else { &row[index(sign)] }
    }

    /// The name of the branch for a sign; empty for a function without branches.
    pub fn branch(&self, sign: i32) -> &'static str {
        match self.body {
            Body::Primitive(_) | Body::Reduction(_) => "",
            Body::Piecewise { branches, .. } => branches[index(sign)],
        }
    }

    fn compiled(&'static self) -> &'static Compiled {
        self.compiled.get_or_init(|| {
            let (on, values) = match self.body {
                Body::Primitive(_) | Body::Reduction(_) => (None, Vec::new()),
                Body::Piecewise { on, values, .. } => {
                    (Some(entry(on)), values.iter().map(|text| entry(text)).collect())
                }
            };
            let derivatives = self.derivatives.iter().map(|derivative| match derivative {
                Derivative::Formula(text) | Derivative::Primed(text) => vec![entry(text)],
                Derivative::Piecewise(texts) => texts.iter().map(|text| entry(text)).collect(),
            });
            Compiled { on, values, derivatives: derivatives.collect() }
        })
    }
}

fn index(sign: i32) -> usize {
    match sign {
        ..=-1 => 0,
        0 => 1,
        1.. => 2,
    }
}

/// A formula of this table. A test parses them all, so none can fail at run time.
fn entry(text: &str) -> Expression {
    parse(text).map_or_else(|_| Expression::integer(0), |parsed| parsed.expression)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_formula_of_the_table_parses_and_mentions_only_its_parameters() {
        for function in all() {
            let mut texts = Vec::new();
            if let Body::Piecewise { on, values, .. } = function.body {
                texts.push(on);
                texts.extend(values);
            }
            for derivative in function.derivatives {
                match derivative {
                    Derivative::Formula(text) | Derivative::Primed(text) => texts.push(text),
                    Derivative::Piecewise(three) => texts.extend(three),
                }
            }
            assert_eq!(function.derivatives.len(), function.parameters.len(), "{}", function.name);
            for text in texts {
                let parsed = parse(text).unwrap_or_else(|_| panic!("{}: {text}", function.name));
                for mention in parsed.names {
                    assert!(function.parameters.contains(&mention.name.as_str()), "{text}");
                }
            }
        }
    }
}
