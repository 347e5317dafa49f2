//! The catalogue as text: every kind with its formula, options, defaults, state and source.
//!
//! All of it is read from the catalogue's own entries, so nothing here can differ from what
//! the engine does.

use crate::catalogue::{self, Allowed, Line, Optimizer, Options, Setting, Specification};
use crate::formula::function::{self, Body, Derivative, Function, Given, Reduction};
use crate::formula::suggest;
use crate::initialization::formula::Names;
use crate::initialization::kinds::{KINDS, Kind, OptionType};
use crate::initialization::reader::build;

/// Every kind, a line each.
pub fn overview() -> String {
    let mut text = String::from("Optimizers (kinds of `optimizers`)\n");
    for optimizer in catalogue::optimizers() {
        text.push_str(&format!("  {:<18} {}\n", optimizer.kind, optimizer.source));
    }
    text.push_str("\nFunctions of a model\n");
    for function in function::all().iter().filter(|function| function.form().is_none()) {
        text.push_str(&format!("  {:<18} {}\n", function.name, called(function)));
    }
    text.push_str("\nInitializers (values of `init`, and of `adjoint`)\n");
    for kind in KINDS {
        text.push_str(&format!("  {:<18} {}\n", kind.name, kind.source));
    }
    text.push_str("\nA kind's name explains it: `gradsheet list adam`.\n");
    text
}

/// All about one kind; the nearest name if there is none of that name.
///
/// # Errors
///
/// The name that was probably meant.
pub fn entry(name: &str) -> Result<String, Option<&'static str>> {
    if let Some(optimizer) = catalogue::optimizer(name) {
        return Ok(of_optimizer(optimizer));
    }
    if let Some(function) = function::find(name) {
        let forms = function::all()
            .iter()
            .filter(|other| other.form().is_some_and(|(base, _)| base == name))
            .map(|other| format!("\n{}", of_function(other)));
        return Ok(of_function(function) + &forms.collect::<String>());
    }
    if let Some(kind) = KINDS.iter().find(|kind| kind.name == name) {
        return Ok(of_initializer(kind));
    }
    let kinds = catalogue::optimizers().iter().map(|optimizer| optimizer.kind);
    let functions = function::all().iter().map(|function| function.called());
    let kinds = kinds.chain(functions).chain(KINDS.iter().map(|kind| kind.name));
    Err(suggest(name, kinds))
}

fn of_optimizer(optimizer: &Optimizer) -> String {
    let mut text = format!("{}: {}\n\n", optimizer.kind, optimizer.source);
    let options = defaults(optimizer.options);
    let rule = (optimizer.rule)(&options);
    let plain = written(&rule.lines);
    for line in &plain {
        text.push_str(&format!("  {line}\n"));
    }
    if let Some(first) = &rule.first {
        text.push_str("  in the first iteration:\n");
        for line in written(first).iter().filter(|line| !plain.contains(line)) {
            text.push_str(&format!("    {line}\n"));
        }
    }
    text.push_str(
        "\n  theta is the parameter, g its gradient, t the iteration, counted from 1\n\nOptions\n",
    );
    for option in optimizer.options {
        text.push_str(&option_line(option));
        text.push_str(&changes(optimizer, option, &options, &plain));
    }
    if !rule.states.is_empty() {
        text.push_str("\nState, before the first iteration\n");
        for state in &rule.states {
            text.push_str(&format!("  {} = {}\n", state.name, state.start));
        }
    }
    if !optimizer.conventions.is_empty() {
        text.push_str("\nConventions\n");
        for convention in optimizer.conventions {
            let settings: Vec<String> = convention
                .settings
                .iter()
                .map(|(name, value)| format!("{name}: {value}"))
                .collect();
            text.push_str(&format!("  {:<18} {}\n", convention.name, settings.join(", ")));
        }
    }
    text
}

fn defaults(options: &[Specification]) -> Options {
    let half = || Setting::Number(crate::number::Rational::ONE);
    let setting = |option: &Specification| {
        (option.name.to_owned(), option.default_setting().unwrap_or_else(half))
    };
    Options::new(options.iter().map(setting).collect())
}

fn written(lines: &[Line]) -> Vec<String> {
    lines.iter().map(ToString::to_string).collect()
}

fn option_line(option: &Specification) -> String {
    let allowed = match option.allowed {
        Allowed::AtLeastZero => "0 or more".to_owned(),
        Allowed::DecayRate => "from 0 to below 1".to_owned(),
        Allowed::Fraction => "from 0 to 1".to_owned(),
        Allowed::AtLeast(least) => format!("{least} or more"),
        Allowed::Whole(least, most) => format!("a whole number from {least} to {most}"),
        Allowed::Any => "a number".to_owned(),
        Allowed::OneOf(words) => words.join(" | "),
    };
    let default = match option.default {
        Some(default) => format!("default {default}"),
        None => "required".to_owned(),
    };
    format!("  {:<18} {allowed}; {default}\n", option.name)
}

/// The lines that another word, or another number than zero, changes.
fn changes(
    optimizer: &Optimizer,
    option: &Specification,
    options: &Options,
    plain: &[String],
) -> String {
    let mut text = String::new();
    let values: Vec<Setting> = match option.allowed {
        Allowed::OneOf(words) => {
            words.iter().map(|word| Setting::Word((*word).to_owned())).collect()
        }
        Allowed::Whole(..) => Vec::new(),
        _ => vec![Setting::Number(crate::number::Rational::ONE)],
    };
    for value in values {
        let mut other = options.clone();
        other.set(option.name, value.clone());
        if (optimizer.conflict)(&other).is_some() {
            continue;
        }
        let lines = written(&(optimizer.rule)(&other).lines);
        let new: Vec<&String> = lines.iter().filter(|line| !plain.contains(line)).collect();
        if new.is_empty() {
            continue;
        }
        let word = match &value {
            Setting::Word(word) => word.as_str(),
            Setting::Number(_) => "above 0",
        };
        text.push_str(&format!("    {word}:\n"));
        for line in new {
            text.push_str(&format!("      {line}\n"));
        }
    }
    text
}

/// `leaky_relu(z, a)`
fn called(function: &Function) -> String {
    let given = function.constants.iter().filter(|constant| constant.given != Given::Never);
    let names = function.parameters.iter().copied().chain(given.map(|constant| constant.name));
    let form = function.form().map(|(_, form)| format!("form={form}"));
    let names: Vec<String> = names.map(str::to_owned).chain(form).collect();
    format!("{}({})", function.called(), names.join(", "))
}

fn of_function(function: &Function) -> String {
    let mut text = format!("{}: {}\n\n", function.called(), called(function));
    let slopes = |case: usize| {
        let by = function.parameters.iter().zip(function.derivatives);
        let one = |(name, derivative): (&&str, &Derivative)| {
            let formula = match derivative {
                Derivative::Formula(text) | Derivative::Primed(text) => text,
                Derivative::Cases(cases) | Derivative::Through(_, cases) => {
                    cases.get(case).copied().unwrap_or_default()
                }
            };
            format!("d/d{name} = {formula}")
        };
        by.map(one).collect::<Vec<_>>().join(", ")
    };
    match function.body {
        Body::Cases { kinks: [], values, .. } => {
            text.push_str(&format!("  {}\n  {}\n", values.concat(), slopes(0)));
        }
        Body::Cases { kinks, values, branches } => {
            for (case, (value, branch)) in values.iter().zip(branches).enumerate() {
                text.push_str(&format!("  {branch:<12} {value:<24} {}\n", slopes(case)));
            }
            text.push_str(&format!("\n  in the order of the sign of {}\n", kinks.join(", of ")));
        }
        Body::Primitive(_) => text.push_str(&format!("  {}\n", slopes(0))),
        Body::Reduction(_) => text.push_str("  of all entries of a matrix\n"),
        Body::Row(_) => text.push_str("  of each row of a matrix\n"),
    }
    match function.total {
        Some(Reduction::Sum) => text.push_str("  of a matrix, the sum over its entries\n"),
        Some(Reduction::Mean) => text.push_str("  of a matrix, the mean over its entries\n"),
        Some(Reduction::Norm) | None => {}
    }
    for constant in function.constants {
        text.push_str(&format!("  {} = {}", constant.name, constant.value));
        text.push_str(if constant.given == Given::Never { "\n" } else { " unless given\n" });
    }
    text
}

fn of_initializer(kind: &Kind) -> String {
    let mut text = format!("{}: {}\n\n", kind.name, kind.source);
    let names = Names { parameter: "W", rows: "n", columns: "m", shape: None };
    match build(kind.name, "", &[]) {
        Ok(scheme) => {
            let relation = if scheme.is_random() { r"\sim" } else { "=" };
            text.push_str(&format!("  $W_{{ij}} {relation} {}$\n", scheme.formula(&names)));
        }
        Err(_) => text.push_str("  see the options\n"),
    }
    text.push_str("\n  W has n rows (the inputs of a unit) and m columns (the units)\n");
    if !kind.options.is_empty() {
        text.push_str("\nOptions\n");
    }
    for option in kind.options {
        let allowed = match option.holds {
            OptionType::Number => "a number".to_owned(),
            OptionType::Gain => {
                "a number, relu, leaky_relu(a), tanh, linear, sigmoid or selu".to_owned()
            }
            OptionType::Choice(words) => words.join(" | "),
        };
        let default = match option.default {
            Some(default) => format!("default {default}"),
            None => "required".to_owned(),
        };
        let others: Vec<String> =
            option.conventions.iter().map(|(name, value)| format!("; {name}: {value}")).collect();
        let others = others.concat();
        text.push_str(&format!("  {:<18} {allowed}; {default}{others}\n", option.name));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_listed_and_explained() {
        let all = overview();
        let kinds = catalogue::optimizers().iter().map(|optimizer| optimizer.kind);
        let functions = function::all().iter().map(|function| function.called());
        for kind in kinds.chain(functions).chain(KINDS.iter().map(|kind| kind.name)) {
            assert!(all.lines().any(|line| line.split_whitespace().next() == Some(kind)), "{kind}");
            assert!(entry(kind).unwrap().starts_with(kind), "{kind}");
        }
        assert_eq!(entry("adaam"), Err(Some("adam")));
    }

    #[test]
    fn a_convention_is_told_by_the_lines_that_it_changes() {
        let adam = entry("adam").unwrap();
        assert!(adam.contains("u = beta1*u + (1 - beta1)*g"), "{adam}");
        assert!(adam.contains("    inside:\n"), "{adam}");
        assert!(adam.contains("learning_rate      0 or more; required"), "{adam}");
    }
}
