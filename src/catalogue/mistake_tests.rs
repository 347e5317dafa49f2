use super::*;
use crate::catalogue::{optimizer, optimizers};

type Words = &'static [(&'static str, &'static str)];

fn defaults(kind: &str, words: &[(&str, &str)]) -> (&'static Optimizer, Options) {
    let optimizer = optimizer(kind).unwrap();
    let half = Setting::Number(Rational::ONE / Rational::from(2));
    let setting = |one: &super::super::Specification| {
        (one.name.to_owned(), one.default_setting().unwrap_or_else(|| half.clone()))
    };
    let mut options = Options::new(optimizer.options.iter().map(setting).collect());
    for (name, word) in words {
        options.set(name, Setting::Word((*word).to_owned()));
    }
    (optimizer, options)
}

fn altered(mistake: Mistake, kind: &str, words: &[(&str, &str)]) -> Option<Vec<String>> {
    let (optimizer, options) = defaults(kind, words);
    let (optimizer, options) = mistake.setting(optimizer, &options)?;
    let rule = mistake.whole_rule(optimizer, &options, None, None)?;
    Some(rule.lines.iter().map(ToString::to_string).collect())
}

#[test]
fn rules_are_altered_in_the_place_of_the_mistake() {
    let table: [(Mistake, &str, Words, &[&str]); 13] = [
        (
            Mistake::MomentumWithoutFactor,
            "momentum",
            &[],
            &["u = beta*u + g", "theta = theta - learning_rate*u"],
        ),
        (
            Mistake::MomentumWithoutFactor,
            "momentum",
            &[("nesterov", "true")],
            &["u = beta*u + g", "theta = theta - learning_rate*(beta*u + g)"],
        ),
        (
            Mistake::MomentumWithoutFactor,
            "adam",
            &[("bias_correction", "false")],
            &[
                "u = beta1*u + g",
                "v = beta2*v + (1 - beta2)*g^2",
                "theta = theta - learning_rate*(u/(sqrt(v) + epsilon))",
            ],
        ),
        (
            Mistake::MomentumWithoutFactor,
            "lion",
            &[],
            &["c = beta1*u + g", "u = beta2*u + g", "theta = theta - learning_rate*sign(c)"],
        ),
        (Mistake::SgdInstead, "adam", &[], &["theta = theta - learning_rate*g"]),
        (Mistake::SgdInstead, "adamw", &[], &["theta = theta - learning_rate*g"]),
        (
            Mistake::NoBiasCorrection,
            "adam",
            &[("epsilon_place", "hat")],
            &[
                "u = beta1*u + (1 - beta1)*g",
                "v = beta2*v + (1 - beta2)*g^2",
                "theta = theta - learning_rate*(sqrt(1)/1)*(u/(sqrt(v) + epsilon))",
            ],
        ),
        (
            Mistake::NoBiasCorrection,
            "adamax",
            &[],
            &[
                "u = beta1*u + (1 - beta1)*g",
                "u_hat = u/1",
                "n = max(beta2*n, abs(g))",
                "theta = theta - learning_rate*(u_hat/(n + epsilon))",
            ],
        ),
        (Mistake::SignSlip, "sgd", &[], &["theta = theta + learning_rate*g"]),
        (
            Mistake::SignSlip,
            "momentum",
            &[("form", "velocity"), ("nesterov", "true")],
            &["u = beta*u - learning_rate*g", "theta = theta - beta*u + learning_rate*g"],
        ),
        (
            Mistake::EpsilonMisplaced,
            "rmsprop",
            &[],
            &["v = rho*v + (1 - rho)*g^2", "theta = theta - learning_rate*(g/sqrt(v + epsilon))"],
        ),
        (
            Mistake::OldState,
            "momentum",
            &[],
            &["new u = beta*u + (1 - beta)*g", "theta = theta - learning_rate*u", "u = new u"],
        ),
        (
            Mistake::OldState,
            "adam",
            &[("amsgrad", "corrected")],
            &[
                "new u = beta1*u + (1 - beta1)*g",
                "new v = beta2*v + (1 - beta2)*g^2",
                "new v_hat = new v/(1 - beta2^t)",
                "new v_max = max(v_max, new v_hat)",
                "u_hat = u/(1 - beta1^t)",
                "v_hat = v/(1 - beta2^t)",
                "theta = theta - learning_rate*(u_hat/(sqrt(v_max) + epsilon))",
                "u = new u",
                "v = new v",
                "v_max = new v_max",
            ],
        ),
    ];
    for (mistake, kind, words, expected) in table {
        let lines = altered(mistake, kind, words);
        let expected: Vec<String> = expected.iter().map(|line| (*line).to_owned()).collect();
        assert_eq!(lines, Some(expected), "{mistake:?}, {kind}");
    }
}

#[test]
fn a_mistake_that_changes_nothing_cannot_be_made() {
    let table: [(Mistake, &str, Words); 9] = [
        (Mistake::MomentumWithoutFactor, "sgd", &[]),
        (Mistake::MomentumWithoutFactor, "rmsprop", &[("centered", "true")]),
        (Mistake::MomentumWithoutFactor, "momentum", &[("form", "heavy_ball")]),
        (Mistake::SgdInstead, "sgd", &[]),
        (Mistake::NoBiasCorrection, "adam", &[("bias_correction", "false")]),
        (Mistake::NoBiasCorrection, "momentum", &[]),
        (Mistake::EpsilonMisplaced, "adadelta", &[]),
        (Mistake::OldState, "sgd", &[]),
        // Lion's step is made with the old momentum by definition.
        (Mistake::OldState, "lion", &[]),
    ];
    for (mistake, kind, words) in table {
        assert_eq!(altered(mistake, kind, words), None, "{mistake:?}, {kind}");
    }
}

/// Every rule of the catalogue ends in a step that has a sign.
#[test]
fn a_sign_can_slip_in_every_rule() {
    for optimizer in optimizers() {
        for options in Options::all_choices(optimizer.options) {
            if (optimizer.conflict)(&options).is_none() {
                let rule = Mistake::SignSlip.whole_rule(optimizer, &options, None, None);
                assert!(rule.is_some(), "{}", optimizer.kind);
            }
        }
    }
}

#[test]
fn the_rectification_of_radam_is_no_bias_correction() {
    let lines = altered(Mistake::NoBiasCorrection, "radam", &[]).unwrap();
    assert!(lines.contains(&"u_hat = u/1".to_owned()), "{lines:?}");
    assert!(lines.contains(&"rho = rho_max - 2*t*beta2^t/(1 - beta2^t)".to_owned()), "{lines:?}");
}
