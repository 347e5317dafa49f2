//! Muon: momentum, made nearly orthogonal by a Newton–Schulz iteration, as the step of a matrix.
//!
//! ```text
//! u   ← βu + (1 − β)g
//! N   = βu + (1 − β)g                       u itself with nesterov: false
//! X₀  = N / max(‖N‖, ε)
//! Aₖ  = Xₖ₋₁Xₖ₋₁ᵀ
//! Xₖ  = a₁Xₖ₋₁ + (a₃Aₖ + a₅Aₖ²)Xₖ₋₁         k = 1, …, ns_steps
//! θ   ← θ − αsXₖ − αλθ
//! ```
//!
//! Source: Jordan et al. (2024), "Muon: An optimizer for hidden layers in neural networks";
//! `torch.optim.Muon`.
//!
//! The coefficients of X, X³ and X⁵ are the options `ns_a`, `ns_b` and `ns_c`.
//!
//! Conventions: `scale` is the factor s of a matrix of r rows and c columns:
//! `original` √max(1, r/c), `match_rms_adamw` 0.2 √max(r, c), or `ratio` √(r/c). Rows and columns
//! are those of the parameter as it stands; frameworks that keep a layer's weights as
//! (outputs, inputs) count them so. A tall matrix is transposed first in frameworks, which
//! changes nothing: X Xᵀ X is the same product from both sides. Weight decay is decoupled.
//! Numbers are refused; frameworks leave them, and vectors, to AdamW.
//!
//! Exactness: every X is a polynomial in N/‖N‖, rational but for one square root, whose
//! numbers are five times as long after each step; what grows too long is carried on as a
//! ball. PyTorch computes the Newton–Schulz steps in bfloat16 and so agrees to about two digits.

use super::{
    Allowed, Convention, Decay, LEARNING_RATE, Optimizer, Options, Rule, Specification, decay_rate,
    epsilon, no_conflict, words,
};
use crate::number::Rational;

pub(super) const MUON: Optimizer = Optimizer {
    kind: "muon",
    options: &[
        LEARNING_RATE,
        decay_rate("beta", "0.95").meaning("decay rate of the first moment u"),
        words("nesterov", &["true", "false"])
            .meaning("whether the momentum step is taken once more with the new u"),
        Specification {
            name: "ns_steps",
            meaning: "how many Newton-Schulz steps bring X near an orthogonal matrix",
            allowed: Allowed::Whole(1, 10),
            default: Some("5"),
        },
        Specification {
            name: "ns_a",
            meaning: "the coefficient of X in a Newton-Schulz step",
            allowed: Allowed::Any,
            default: Some("3.4445"),
        },
        Specification {
            name: "ns_b",
            meaning: "the coefficient of A X in a Newton-Schulz step",
            allowed: Allowed::Any,
            default: Some("-4.775"),
        },
        Specification {
            name: "ns_c",
            meaning: "the coefficient of A A X in a Newton-Schulz step",
            allowed: Allowed::Any,
            default: Some("2.0315"),
        },
        epsilon("1e-7"),
        words("scale", &["original", "match_rms_adamw", "ratio"])
            .meaning("the factor of a step by the sizes of the matrix"),
    ],
    rule,
    conflict: no_conflict,
    decay: (Decay::Decoupled, Some("0.1")),
    conventions: &[
        Convention {
            name: "pytorch",
            settings: &[
                ("beta", "0.95"),
                ("nesterov", "true"),
                ("ns_steps", "5"),
                ("epsilon", "1e-7"),
                ("scale", "original"),
                ("weight_decay", "0.1"),
            ],
        },
        Convention {
            name: "paper",
            settings: &[
                ("beta", "0.95"),
                ("nesterov", "true"),
                ("ns_steps", "5"),
                ("weight_decay", "0"),
            ],
        },
    ],
    source: "Jordan et al. (2024)",
};

fn rule(options: &Options) -> Rule {
    let steps = options.number("ns_steps").map_or(0, count);
    let mut text = "u = beta*u + (1 - beta)*g\n".to_owned();
    let direction = if options.word("nesterov") == "true" {
        text.push_str("N = beta*u + (1 - beta)*g\n");
        "N"
    } else {
        "u"
    };
    text.push_str(&format!("X_0 = {direction}/max(norm({direction}), epsilon)\n"));
    for step in 1..=steps {
        let before = step - 1;
        text.push_str(&format!(
            "A_{step} = X_{before} @ X_{before}.T\n\
             X_{step} = ns_a*X_{before} + (ns_b*A_{step} + ns_c*(A_{step} @ A_{step})) @ X_{before}\n"
        ));
    }
    let scale = match options.word("scale") {
        "ratio" => "sqrt(rows/columns)",
        "match_rms_adamw" => "0.2*sqrt(max(rows, columns))",
        _ => "sqrt(max(1, rows/columns))",
    };
    text.push_str(&format!("s = {scale}\ntheta = theta - learning_rate*s*X_{steps}"));
    Rule::new(&["u"], &text)
}

fn count(number: &Rational) -> usize {
    usize::try_from(number.numerator().clone()).unwrap_or(0)
}
