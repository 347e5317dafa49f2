//! Every function once.
//!
//! Derivatives at a kink follow the convention ReLU′(0) = 0 of PyTorch, JAX and Keras
//! for `relu`, 0 for `abs`, `mae` and for `hinge` at margin 1, 0 at both kinks of `relu6`
//! and `hard_tanh`, and the side below 0 for `leaky_relu`, `elu` and `selu` (all
//! PyTorch); one half for each argument where `max` or `min` ties (`torch.maximum`,
//! `jnp.maximum`). `at_kink` chooses otherwise. `huber` has no kink: its pieces meet with
//! one slope.
//!
//! Sources: Clevert et al. (2016) for `elu`, Klambauer et al. (2017) for `selu` (its two
//! numbers as PyTorch, JAX and Keras write them out), Hendrycks and Gimpel (2016) for
//! `gelu`, exact and with tanh, Huber (1964) for `huber`.

use std::sync::LazyLock;

use super::{
    Body, Constant, Derivative, Entry, Function, Given, Layout, Primitive, Reduction, Row, Written,
};

/// The functions that stand at the end of a layer.
pub(super) const ACTIVATIONS: [&str; 12] = [
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "sigmoid",
    "tanh",
    "softplus",
    "silu",
    "gelu",
    "hard_tanh",
    "relu6",
    "softmax",
];

/// Every function that may be called, in the order in which messages list them.
pub fn all() -> &'static [Function] {
    &FUNCTIONS
}

/// A function that only formulas of this table may call.
pub(crate) fn internal(name: &str) -> Option<&'static Function> {
    (name == PHI.name).then(|| &*INTERNAL)
}

static FUNCTIONS: LazyLock<Vec<Function>> =
    LazyLock::new(|| ENTRIES.into_iter().map(Function::new).collect());
static INTERNAL: LazyLock<Function> = LazyLock::new(|| Function::new(PHI));

const AS_IT_IS: Written = Written { entry: "", number: "", matrix: "", meaning: "" };

const fn computed(entry: &'static str) -> Written {
    Written { entry, ..AS_IT_IS }
}

/// A loss whose formula is short enough to stand for it.
const fn written_out(entry: &'static str) -> Written {
    Written { entry, number: entry, matrix: "", meaning: entry }
}

const fn function(name: &'static str, latex: &'static str, body: Body) -> Entry {
    Entry {
        name,
        latex,
        parameters: &["z"],
        constants: &[],
        body,
        total: None,
        derivatives: &[Derivative::Formula("1")],
        chosen: &[],
        layout: Layout::Call,
        written: AS_IT_IS,
    }
}

/// Who has proposed a function.
pub(super) const SOURCES: [(&str, &str); 11] = [
    ("relu", "Nair and Hinton (2010)"),
    ("leaky_relu", "Maas, Hannun and Ng (2013)"),
    ("elu", "Clevert, Unterthiner and Hochreiter (2016)"),
    ("selu", "Klambauer et al. (2017)"),
    ("softplus", "Dugas et al. (2001)"),
    ("silu", "Elfwing, Uchibe and Doya (2018)"),
    ("gelu", "Hendrycks and Gimpel (2016)"),
    ("hard_tanh", "Collobert (2004)"),
    ("relu6", "Krizhevsky (2010)"),
    ("huber", "Huber (1964)"),
    ("hinge", "Cortes and Vapnik (1995)"),
];

const fn smooth(
    name: &'static str,
    latex: &'static str,
    primitive: Primitive,
    derivatives: &'static [Derivative],
) -> Entry {
    Entry { derivatives, ..function(name, latex, Body::Primitive(primitive)) }
}

/// A function by one formula.
const fn formula(
    name: &'static str,
    latex: &'static str,
    values: &'static [&'static str; 1],
    derivatives: &'static [Derivative],
) -> Entry {
    let body = Body::Cases { kinks: &[], values, branches: &[] };
    let written = Written { entry: values[0], meaning: values[0], ..AS_IT_IS };
    Entry { derivatives, written, ..function(name, latex, body) }
}

/// An activation function with kinks.
const fn broken(
    name: &'static str,
    latex: &'static str,
    body: Body,
    derivatives: &'static [Derivative],
    entry: &'static str,
) -> Entry {
    let written = computed(entry);
    Entry { derivatives, chosen: &["slope"], written, ..function(name, latex, body) }
}

/// `max` and `min`, with the branches by the sign of the difference.
const fn extreme(
    name: &'static str,
    latex: &'static str,
    values: &'static [&'static str; 3],
    branches: &'static [&'static str; 3],
    derivatives: &'static [Derivative],
) -> Entry {
    Entry {
        parameters: &["a", "b"],
        derivatives,
        chosen: &["slope", "1 - slope"],
        ..function(name, latex, Body::Cases { kinks: &["a - b"], values, branches })
    }
}

/// The derivative of a reduction depends on the matrix as a whole; see `adjoint`.
const fn reduction(
    name: &'static str,
    latex: &'static str,
    kind: Reduction,
    layout: Layout,
) -> Entry {
    Entry { layout, ..function(name, latex, Body::Reduction(kind)) }
}

/// A loss, entry by entry of a prediction `a` and a target `b`.
const fn loss(
    name: &'static str,
    latex: &'static str,
    total: Reduction,
    body: Body,
    derivatives: &'static [Derivative],
    written: Written,
) -> Entry {
    Entry {
        parameters: &["a", "b"],
        total: Some(total),
        derivatives,
        written,
        ..function(name, latex, body)
    }
}

const fn one(values: &'static [&'static str; 1]) -> Body {
    Body::Cases { kinks: &[], values, branches: &[] }
}

const PHI: Entry =
    smooth("Phi", r"\Phi", Primitive::Phi, &[Derivative::Primed("exp(-z^2/2)/sqrt(2*pi)")]);

const ENTRIES: [Entry; 34] = [
    broken(
        "relu",
        r"\mathrm{ReLU}",
        Body::Cases {
            kinks: &["z"],
            values: &["0", "0", "z"],
            branches: &["inactive", "kink", "active"],
        },
        &[Derivative::Cases(&["0", "0", "1"])],
        "max(z, 0)",
    ),
    Entry {
        constants: &[Constant { name: "a", value: "0.01", given: Given::Any }],
        ..broken(
            "leaky_relu",
            r"\mathrm{LeakyReLU}",
            Body::Cases {
                kinks: &["z"],
                values: &["a*z", "0", "z"],
                branches: &["leaking", "kink", "active"],
            },
            &[Derivative::Cases(&["a", "a", "1"])],
            "max(z, 0) + a*min(z, 0)",
        )
    },
    Entry {
        constants: &[Constant { name: "alpha", value: "1", given: Given::Positive }],
        ..broken(
            "elu",
            r"\mathrm{ELU}",
            Body::Cases {
                kinks: &["z"],
                values: &["alpha*(exp(z) - 1)", "0", "z"],
                branches: &["exponential", "kink", "linear"],
            },
            &[Derivative::Cases(&["alpha*exp(z)", "alpha", "1"])],
            "max(z, 0) + alpha*(exp(min(z, 0)) - 1)",
        )
    },
    Entry {
        constants: &[
            Constant {
                name: "lambda",
                value: "1.0507009873554804934193349852946",
                given: Given::Never,
            },
            Constant {
                name: "alpha",
                value: "1.6732632423543772848170429916717",
                given: Given::Never,
            },
        ],
        ..broken(
            "selu",
            r"\mathrm{SELU}",
            Body::Cases {
                kinks: &["z"],
                values: &["lambda*alpha*(exp(z) - 1)", "0", "lambda*z"],
                branches: &["exponential", "kink", "linear"],
            },
            &[Derivative::Cases(&["lambda*alpha*exp(z)", "lambda*alpha", "lambda"])],
            "lambda*(max(z, 0) + alpha*(exp(min(z, 0)) - 1))",
        )
    },
    smooth(
        "sigmoid",
        r"\sigma",
        Primitive::Sigmoid,
        &[Derivative::Primed("sigmoid(z)*(1 - sigmoid(z))")],
    ),
    smooth("tanh", r"\tanh", Primitive::Tanh, &[Derivative::Primed("1 - tanh(z)^2")]),
    Entry {
        written: Written { meaning: "log(1 + exp(z))", ..AS_IT_IS },
        ..smooth(
            "softplus",
            r"\mathrm{softplus}",
            Primitive::Softplus,
            &[Derivative::Formula("sigmoid(z)")],
        )
    },
    formula(
        "silu",
        r"\mathrm{SiLU}",
        &["z*sigmoid(z)"],
        &[Derivative::Primed("sigmoid(z)*(1 + z*(1 - sigmoid(z)))")],
    ),
    formula(
        "gelu",
        r"\mathrm{GELU}",
        &["z*Phi(z)"],
        &[Derivative::Primed("Phi(z) + z*(exp(-z^2/2)/sqrt(2*pi))")],
    ),
    // (1 + tanh u)/2 = sigmoid(2u), which keeps its digits where tanh u is near -1.
    Entry {
        written: Written {
            entry: "z*sigmoid(2*sqrt(2/pi)*(z + 0.044715*z^3))",
            meaning: "z/2*(1 + tanh(sqrt(2/pi)*(z + 0.044715*z^3)))",
            ..AS_IT_IS
        },
        ..formula(
            "gelu/tanh",
            r"\mathrm{GELU}_{\tanh}",
            &["z*sigmoid(2*sqrt(2/pi)*(z + 0.044715*z^3))"],
            &[Derivative::Primed(
                "sigmoid(2*sqrt(2/pi)*(z + 0.044715*z^3))*(1 + 2*sqrt(2/pi)*(z + 0.134145*z^3)\
             *(1 - sigmoid(2*sqrt(2/pi)*(z + 0.044715*z^3))))",
            )],
        )
    },
    broken(
        "hard_tanh",
        r"\mathrm{HardTanh}",
        Body::Cases {
            kinks: &["z + 1", "z - 1"],
            values: &["-1", "-1", "z", "1", "1"],
            branches: &["low", "kink", "linear", "kink", "high"],
        },
        &[Derivative::Cases(&["0", "0", "1", "0", "0"])],
        "max(-1, min(1, z))",
    ),
    broken(
        "relu6",
        r"\mathrm{ReLU6}",
        Body::Cases {
            kinks: &["z", "z - 6"],
            values: &["0", "0", "z", "6", "6"],
            branches: &["inactive", "kink", "active", "kink", "capped"],
        },
        &[Derivative::Cases(&["0", "0", "1", "0", "0"])],
        "min(max(z, 0), 6)",
    ),
    function("softmax", r"\mathrm{softmax}", Body::Row(Row::Softmax)),
    function("log_softmax", r"\ln\mathrm{softmax}", Body::Row(Row::LogSoftmax)),
    loss(
        "half_squared_error",
        r"\mathrm{HSE}",
        Reduction::Sum,
        one(&["1/2*(a - b)^2"]),
        &[Derivative::Formula("a - b"), Derivative::Formula("-(a - b)")],
        Written {
            entry: "1/2*(a - b)^2",
            number: "1/2*(a - b)^2",
            matrix: "1/2*norm(a - b)^2",
            meaning: "",
        },
    ),
    loss(
        "mse",
        r"\mathrm{MSE}",
        Reduction::Mean,
        one(&["(a - b)^2"]),
        &[Derivative::Formula("2*(a - b)"), Derivative::Formula("-2*(a - b)")],
        written_out("(a - b)^2"),
    ),
    Entry {
        chosen: &["slope", "-slope"],
        ..loss(
            "mae",
            r"\mathrm{MAE}",
            Reduction::Mean,
            Body::Cases {
                kinks: &["a - b"],
                values: &["b - a", "0", "a - b"],
                branches: &["negative", "kink", "positive"],
            },
            &[
                Derivative::Through("abs'(a - b)", &["-1", "0", "1"]),
                Derivative::Through("-abs'(a - b)", &["1", "0", "-1"]),
            ],
            written_out("abs(a - b)"),
        )
    },
    Entry {
        constants: &[Constant { name: "delta", value: "1", given: Given::Positive }],
        ..loss(
            "huber",
            r"\mathrm{Huber}",
            Reduction::Mean,
            Body::Cases {
                kinks: &["a - b + delta", "a - b - delta"],
                values: &[
                    "delta*(b - a - delta/2)",
                    "1/2*(a - b)^2",
                    "1/2*(a - b)^2",
                    "1/2*(a - b)^2",
                    "delta*(a - b - delta/2)",
                ],
                branches: &["linear", "boundary", "quadratic", "boundary", "linear"],
            },
            &[
                Derivative::Through(
                    "max(-delta, min(delta, a - b))",
                    &["-delta", "-delta", "a - b", "delta", "delta"],
                ),
                Derivative::Through(
                    "-max(-delta, min(delta, a - b))",
                    &["delta", "delta", "b - a", "-delta", "-delta"],
                ),
            ],
            computed("min(abs(a - b), delta)*(abs(a - b) - min(abs(a - b), delta)/2)"),
        )
    },
    Entry {
        chosen: &["-b*slope", "-a*slope"],
        ..loss(
            "hinge",
            r"\mathrm{hinge}",
            Reduction::Mean,
            Body::Cases {
                kinks: &["1 - b*a"],
                values: &["0", "0", "1 - b*a"],
                branches: &["satisfied", "kink", "violated"],
            },
            &[
                Derivative::Through("-b*relu'(1 - b*a)", &["0", "0", "-b"]),
                Derivative::Through("-a*relu'(1 - b*a)", &["0", "0", "-a"]),
            ],
            written_out("max(0, 1 - b*a)"),
        )
    },
    loss(
        "bce",
        r"\mathrm{BCE}",
        Reduction::Mean,
        one(&["-b*log(a) - (1 - b)*log(1 - a)"]),
        &[Derivative::Formula("(a - b)/(a*(1 - a))"), Derivative::Formula("log(1 - a) - log(a)")],
        written_out("-b*log(a) - (1 - b)*log(1 - a)"),
    ),
    loss(
        "bce_with_logits",
        r"\mathrm{BCE}_{\sigma}",
        Reduction::Mean,
        one(&["softplus(a) - b*a"]),
        &[Derivative::Formula("sigmoid(a) - b"), Derivative::Formula("-a")],
        Written {
            entry: "softplus(a) - b*a",
            number: "log(1 + exp(a)) - b*a",
            matrix: "",
            meaning: "log(1 + exp(a)) - b*a",
        },
    ),
    Entry {
        parameters: &["z", "y"],
        derivatives: &[Derivative::Formula("1"), Derivative::Formula("1")],
        ..function("cross_entropy", r"\mathrm{CE}", Body::Row(Row::CrossEntropy))
    },
    smooth("exp", r"\exp", Primitive::Exp, &[Derivative::Formula("exp(z)")]),
    smooth("log", r"\ln", Primitive::Log, &[Derivative::Formula("1/z")]),
    Entry {
        layout: Layout::Root,
        ..smooth("sqrt", r"\sqrt", Primitive::Sqrt, &[Derivative::Formula("1/(2*sqrt(z))")])
    },
    Entry {
        layout: Layout::Bars,
        written: AS_IT_IS,
        ..broken(
            "abs",
            r"\operatorname{abs}",
            Body::Cases {
                kinks: &["z"],
                values: &["-z", "0", "z"],
                branches: &["negative", "kink", "positive"],
            },
            &[Derivative::Cases(&["-1", "0", "1"])],
            "",
        )
    },
    broken(
        "sign",
        r"\operatorname{sgn}",
        Body::Cases {
            kinks: &["z"],
            values: &["-1", "0", "1"],
            branches: &["negative", "kink", "positive"],
        },
        &[Derivative::Cases(&["0", "0", "0"])],
        "",
    ),
    smooth("sin", r"\sin", Primitive::Sin, &[Derivative::Formula("cos(z)")]),
    smooth("cos", r"\cos", Primitive::Cos, &[Derivative::Formula("-sin(z)")]),
    extreme(
        "max",
        r"\max",
        &["b", "a", "a"],
        &["second", "kink", "first"],
        &[Derivative::Cases(&["0", "1/2", "1"]), Derivative::Cases(&["1", "1/2", "0"])],
    ),
    extreme(
        "min",
        r"\min",
        &["a", "a", "b"],
        &["first", "kink", "second"],
        &[Derivative::Cases(&["1", "1/2", "0"]), Derivative::Cases(&["0", "1/2", "1"])],
    ),
    reduction("sum", r"\operatorname{sum}", Reduction::Sum, Layout::Call),
    reduction("mean", r"\operatorname{mean}", Reduction::Mean, Layout::Call),
    reduction("norm", r"\operatorname{norm}", Reduction::Norm, Layout::Norm),
];
