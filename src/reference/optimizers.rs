//! Optimizers: rule, options with the lines that they change, states, conventions.

use std::sync::Arc;

use crate::catalogue::{
    self, Allowed, Convention, DECAY_ON, Line, Optimizer, Options, Rule, Setting, Specification,
};
use crate::formula::Expression;
use crate::number::Rational;

use super::custom;
use super::entry::{Change, Choice, Default, Entry, Family, Formula};
use super::rules::{formulas, states};

/// A number where the default is 0.
const ABOVE: &str = "above 0";

pub(super) fn family() -> Family {
    let entry = |optimizer: &Optimizer| {
        let entry = of(optimizer);
        if optimizer.kind == custom::KIND { custom::explained(entry) } else { entry }
    };
    Family {
        title: "Optimizers",
        place: "kinds of `optimizers`",
        lead: "`theta` is the parameter, `g` its gradient, `t` the \
               iteration, counted from 1, `rows` and `columns` the parameter's. Products with `*` \
               and quotients of matrices are taken entry by entry, `@` is the matrix product.",
        entries: catalogue::optimizers().iter().map(entry).collect(),
    }
}

fn of(optimizer: &Optimizer) -> Entry {
    let mut options = defaults(optimizer.options);
    if optimizer.decay.1.is_some() {
        decaying(optimizer, &mut options);
    }
    let rule = whole(optimizer, &options);
    let mut choices: Vec<Choice> =
        optimizer.options.iter().map(|option| choice(optimizer, option, &options)).collect();
    choices.push(decay(optimizer, &options));
    let convention = |one: &Convention| (one.name, sets(optimizer, one));
    Entry {
        kind: optimizer.kind,
        called: optimizer.kind.to_owned(),
        family: "an optimizer",
        source: optimizer.source,
        formulas: formulas(&rule),
        legend: legend(&rule),
        options: choices,
        states: states(optimizer.kind, &rule),
        conventions: optimizer.conventions.iter().map(convention).collect(),
        ..Entry::default()
    }
}

/// What the names in a rule mean.
fn legend(rule: &Rule) -> &'static str {
    let sizes = |node: &Expression| *node == Expression::name("rows");
    let mut expressions = rule.lines.iter().flat_map(Line::expressions);
    if expressions.any(|expression| expression.any(&mut |node| sizes(node))) {
        "theta is the parameter, g its gradient, t the iteration, counted from 1; rows and columns \
         are those of the parameter"
    } else {
        "theta is the parameter, g its gradient, t the iteration, counted from 1"
    }
}

/// The options of an optimizer with their defaults; 1 where there is none.
pub(super) fn defaults(options: &[Specification]) -> Options {
    let one = || Setting::Number(Rational::ONE);
    let setting = |option: &Specification| {
        (option.name.to_owned(), option.default_setting().unwrap_or_else(one))
    };
    Options::new(options.iter().map(setting).collect())
}

fn choice(optimizer: &Optimizer, option: &Specification, options: &Options) -> Choice {
    let allowed = match option.allowed {
        Allowed::AtLeastZero => vec!["0 or more".to_owned()],
        Allowed::DecayRate => vec!["from 0 to below 1".to_owned()],
        Allowed::Fraction => vec!["from 0 to 1".to_owned()],
        Allowed::AtLeast(least) => vec![format!("{least} or more")],
        Allowed::Whole(least, most) => vec![format!("a whole number from {least} to {most}")],
        Allowed::Any => vec!["a number".to_owned()],
        Allowed::OneOf(words) => words.iter().map(|word| (*word).to_owned()).collect(),
    };
    let default = option.default.map(str::to_owned);
    Choice {
        name: option.name,
        meaning: option.meaning.to_owned(),
        allowed,
        default: default.map_or(Default::Required, Default::Value),
        others: Vec::new(),
        changes: changes(optimizer, option, options),
    }
}

/// The rule with what stands around it.
fn whole(optimizer: &Optimizer, options: &Options) -> Arc<Rule> {
    optimizer.whole_rule(options, None, None)
}

/// Sets the optimizer's own kind of weight decay.
fn decaying(optimizer: &Optimizer, options: &mut Options) {
    let word = |word: &str| Setting::Word(word.to_owned());
    options.set("weight_decay", Setting::Number(Rational::ONE));
    options.set("decay", word(optimizer.decay.0.word()));
    options.set("decay_on", word(DECAY_ON[0]));
}

/// Weight decay, which is an option of all of them.
fn decay(optimizer: &Optimizer, options: &Options) -> Choice {
    let (kind, value) = optimizer.decay;
    let mut other = options.clone();
    decaying(optimizer, &mut other);
    let [before, after] = [options, &other].map(|options| whole(optimizer, options));
    let change = difference(optimizer.kind, ABOVE.to_owned(), &before, &after);
    Choice {
        name: "weight_decay",
        meaning: format!(
            "the strength of the weight decay, {} where no kind is named",
            kind.word()
        ),
        allowed: vec!["0 or more, or a kind of weight decay".to_owned()],
        default: Default::Value(value.unwrap_or("0").to_owned()),
        others: Vec::new(),
        changes: change.into_iter().collect(),
    }
}

/// The values of an option other than its default: words, or a number where 0 is it.
fn alternatives(option: &Specification) -> Vec<(String, Setting)> {
    match option.allowed {
        Allowed::OneOf(words) => {
            let others = words.iter().filter(|word| Some(**word) != option.default);
            others.map(|word| ((*word).to_owned(), Setting::Word((*word).to_owned()))).collect()
        }
        _ if option.default == Some("0") => {
            vec![(ABOVE.to_owned(), Setting::Number(Rational::ONE))]
        }
        _ => Vec::new(),
    }
}

/// The lines that another value changes; beside another option where it needs that.
fn changes(optimizer: &Optimizer, option: &Specification, options: &Options) -> Vec<Change> {
    let beside =
        optimizer.options.iter().filter(|other| other.name != option.name).flat_map(|other| {
            let written = |(word, setting): (String, Setting)| match &setting {
                Setting::Word(_) => (format!(", with {}: {word}", other.name), other.name, setting),
                Setting::Number(_) => {
                    (format!(", with {} {word}", other.name), other.name, setting)
                }
            };
            alternatives(other).into_iter().map(written)
        });
    let mut contexts = vec![(String::new(), options.clone())];
    for (words, name, setting) in beside {
        let mut context = options.clone();
        context.set(name, setting);
        contexts.push((words, context));
    }
    let mut list: Vec<Change> = Vec::new();
    for (value, setting) in alternatives(option) {
        let found = contexts.iter().find_map(|(words, context)| {
            let mut other = context.clone();
            other.set(option.name, setting.clone());
            let fits = |options: &Options| (optimizer.conflict)(options).is_none();
            let rule = |options: &Options| whole(optimizer, options);
            if !fits(context) || !fits(&other) {
                return None;
            }
            let when = format!("{value}{words}");
            difference(optimizer.kind, when, &rule(context), &rule(&other))
        });
        list.extend(found);
    }
    list
}

fn difference(kind: &str, when: String, before: &Rule, after: &Rule) -> Option<Change> {
    let (old, new) = (formulas(before), formulas(after));
    let formulas: Vec<Formula> = new.into_iter().filter(|line| !old.contains(line)).collect();
    let (known, states) = (states(kind, before), states(kind, after));
    let states: Vec<_> = states.into_iter().filter(|state| !known.contains(state)).collect();
    (!formulas.is_empty()).then_some(Change { when, formulas, states })
}

/// What a convention sets differently from the defaults.
fn sets(optimizer: &Optimizer, convention: &Convention) -> String {
    let default = |name: &str| match name {
        "decay" => Some(optimizer.decay.0.word()),
        "weight_decay" => optimizer.decay.1,
        _ => {
            let option = optimizer.options.iter().find(|option| option.name == name);
            option.and_then(|option| option.default)
        }
    };
    let differs = |(name, value): &&(&str, &str)| default(name) != Some(value);
    let written = |(name, value): &(&str, &str)| match *name {
        "decay" => format!("weight decay {value}"),
        _ => format!("{name}: {value}"),
    };
    let list: Vec<String> = convention.settings.iter().filter(differs).map(written).collect();
    if list.is_empty() { "the defaults".to_owned() } else { list.join(", ") }
}
