//! One optimizer: its kind, its options, defaults filled in.

use std::collections::BTreeMap;

use crate::catalogue::{self, Convention, Optimizer, Options, Setting, Specification};
use crate::formula::shape::Shape;
use crate::number::{Rational, parse_decimal};

use super::beginning::nearest;
use super::definition::{Display, Run};
use super::modifier::{Modifiers, strength};
use super::quantity::rational;
use super::read::display;
use super::schema::{OPTIMIZER, OTHER_OPTIMIZER, overrides};
use super::setup::check_name;
use super::yaml::Key;
use super::{Field, Fields, custom, fitting, suggest};

/// What a set-up says for all its optimizers.
pub(super) struct Around<'a, 'n> {
    pub display: &'a Display,
    pub modifiers: &'a Modifiers<'n>,
    /// The parameters that are trained.
    pub parameters: &'a [&'a str],
    /// The shapes of what is not a number.
    pub shapes: &'a BTreeMap<String, Shape>,
    /// The run in whose place it stands, where it is a wrong turn.
    pub stands_for: Option<&'a Run>,
}

pub(super) fn read<'n>(key: &Key, field: &Field<'n>, around: &Around<'_, 'n>) -> Option<Run> {
    check_name(field, key, "run");
    let table = if around.stands_for.is_some() { &OTHER_OPTIMIZER } else { &OPTIMIZER };
    let mut map = field.fields(table)?;
    let has_rate = map.has("learning_rate");
    let title = map.filled_text("title").map(|scalar| scalar.text.trim().to_owned());
    let display = display(&mut map, around.display);
    let kind = map.take("kind");
    if kind.is_none() {
        let kinds: Vec<&str> = catalogue::optimizers().iter().map(|known| known.kind).collect();
        let problem = field.problem("the key `kind` is missing");
        let help = format!("the kinds are {}", kinds.join(", "));
        field.report().push(problem.with_help(help));
    }
    let optimizer = kind.and_then(|kind| optimizer(&kind));
    let modifiers = Modifiers::read(&mut map, around.modifiers);
    let overrides = map.take("overrides");
    let convention = map.take("convention");
    let convention = match (optimizer, convention) {
        (Some(optimizer), Some(field)) => convention_of(&field, optimizer),
        _ => None,
    };
    let stands_for = around.stands_for;
    let settings = |optimizer| settings(&mut map, optimizer, convention, stands_for);
    let mut settings = optimizer.map(settings);
    let is_custom = optimizer.is_some_and(|optimizer| optimizer.kind == "custom");
    let custom = if is_custom {
        let mut without_rate = Options::default();
        let settings = settings.as_mut().and_then(Option::as_mut);
        let options = settings.map_or(&mut without_rate, |settings| &mut settings.options);
        custom::read(&mut map, options)
    } else {
        None
    };
    if optimizer.is_some() {
        map.finish();
    }
    let optimizer = optimizer?;
    let Settings { mut options, rates, mut set } = settings??;
    if let Some(convention) = convention {
        options.set("convention", Setting::Word(convention.name.to_owned()));
    }
    if is_custom && custom.is_none() {
        return None;
    }
    modifiers.apply(optimizer, &mut options);
    let own = convention.into_iter().flat_map(|convention| convention.settings);
    for (name, _) in own.filter(|(name, _)| *name == "weight_decay" && !modifiers.decays()) {
        set.push((*name).to_owned());
    }
    let overrides = match overrides {
        Some(field) => overridden(&field, optimizer, &options, rates.is_some(), around.parameters),
        None => Some(Vec::new()),
    };
    if let Some(conflict) = (optimizer.conflict)(&options) {
        refuse_options(field, &conflict);
        return None;
    }
    let inherited = around.stands_for.filter(|_| !has_rate);
    let schedule = modifiers.schedule().or_else(|| inherited?.schedule.clone());
    if schedule.is_some() && rates.is_some() {
        let help = "leave the `schedule` out, or give one `learning_rate`";
        let message = "the learning rate is either listed or follows a schedule";
        let entries = field.entries().unwrap_or_default();
        let listed = entries.iter().find(|(key, _)| key.text == "learning_rate");
        listed.map_or(field, |(_, rates)| rates).refuse_with(message, help);
    }
    let name = key.text.clone();
    let set_by_convention = set;
    let overrides = overrides?;
    let run = Run {
        name,
        title,
        optimizer,
        custom,
        options,
        overrides,
        rates,
        schedule,
        set_by_convention,
        display,
        place: key.place,
    };
    fitting::check(field, &run, around.shapes, around.parameters);
    Some(run)
}

/// Refuses options that contradict each other, at the last one that the message names.
fn refuse_options(field: &Field<'_>, conflict: &str) {
    let named = |key: &str| {
        let words = conflict.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        words.into_iter().any(|word| word.eq_ignore_ascii_case(key))
    };
    let entries = field.entries().unwrap_or_default();
    match entries.iter().rfind(|(key, _)| named(&key.text)) {
        Some((key, own)) => own.refuse_key(key, conflict, None),
        None => field.refuse(conflict),
    }
}

fn optimizer(field: &Field<'_>) -> Option<&'static Optimizer> {
    let kind = &field.text()?.text;
    let found = catalogue::optimizer(kind);
    if found.is_none() && catalogue::comes_later(kind) {
        field.refuse_with(
            format!("the optimizer `{kind}` is not offered by this version"),
            "write its rule, as in `{kind: custom, rule: …}`",
        );
    } else if found.is_none() {
        let kinds: Vec<&str> = catalogue::optimizers().iter().map(|known| known.kind).collect();
        let help = match suggest(kind, kinds.iter().copied()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("the kinds are {}", kinds.join(", ")),
        };
        let problem = field.problem(format!("there is no optimizer `{kind}`"));
        field.report().push(problem.with_help(help));
    }
    found
}

/// What a framework or the paper sets.
fn convention_of(field: &Field<'_>, optimizer: &'static Optimizer) -> Option<&'static Convention> {
    let name = field.choice(&["pytorch", "keras", "optax", "paper"].map(|word| (word, word)))?;
    let found = optimizer.conventions.iter().find(|convention| convention.name == name);
    if found.is_none() {
        let known: Vec<&str> = optimizer.conventions.iter().map(|known| known.name).collect();
        let problem = field.problem(format!("`{}` has no convention `{name}`", optimizer.kind));
        let help = format!("it has {}", known.join(", "));
        field.report().push(problem.with_help(help));
    }
    found
}

struct Settings {
    options: Options,
    /// One learning rate for each iteration, where they are listed.
    rates: Option<Vec<Rational>>,
    /// The options that a convention sets.
    set: Vec<String>,
}

fn settings(
    map: &mut Fields<'_>,
    optimizer: &Optimizer,
    convention: Option<&Convention>,
    stands_for: Option<&Run>,
) -> Option<Settings> {
    let preset = |name: &str| {
        let settings = convention.map_or(&[][..], |convention| convention.settings);
        settings.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    };
    let mut list = Vec::new();
    let mut set = Vec::new();
    let mut rates = None;
    let mut complete = true;
    for specification in optimizer.options {
        let name = specification.name;
        let known = stands_for.and_then(|run| run.options.number(name));
        let known = known.filter(|_| specification.default.is_none());
        let field = match (specification.default, known) {
            (None, None) => map.required(name),
            _ => map.take(name),
        };
        let setting = match (field, preset(name)) {
            (Some(field), _) if name == "learning_rate" && field.node().is_list() => {
                rates = listed(&field, specification);
                rates.as_ref().and_then(|rates| rates.first()).cloned().map(Setting::Number)
            }
            (Some(field), _) => setting(&field, specification),
            (None, Some(value)) => {
                set.push(name.to_owned());
                Specification { default: Some(value), ..*specification }.default_setting()
            }
            (None, None) => match known {
                Some(number) => {
                    rates = stands_for.and_then(|run| run.rates.clone());
                    Some(Setting::Number(number.clone()))
                }
                None => specification.default_setting(),
            },
        };
        match setting {
            Some(setting) => list.push((name.to_owned(), setting)),
            None => complete = false,
        }
    }
    let mut options = Options::new(list);
    if let Some(own) = preset("weight_decay").or(optimizer.decay.1) {
        options.set("weight_decay", Setting::Number(parse_decimal(own).unwrap_or_default()));
    }
    if let Some(kind) = preset("decay") {
        options.set("decay", Setting::Word(kind.to_owned()));
    }
    complete.then_some(Settings { options, rates, set })
}

/// One rate for each iteration.
fn listed(field: &Field<'_>, specification: &Specification) -> Option<Vec<Rational>> {
    let items = field.items()?;
    if items.is_empty() {
        field.refuse("the list of rates is empty");
        return None;
    }
    let rate = |item: &Field<'_>| match setting(item, specification)? {
        Setting::Number(rate) => Some(rate),
        Setting::Word(_) => None,
    };
    items.iter().map(rate).collect()
}

fn setting(field: &Field<'_>, specification: &Specification) -> Option<Setting> {
    let checked = if specification.takes_word() {
        specification.word(&field.text()?.text)
    } else {
        let written = field.text()?.text.trim();
        specification.number(rational(field)?, written)
    };
    let meant = || suggest(&field.node().scalar()?.text, specification.words().iter().copied());
    let refuse = |rule: String| match meant() {
        Some(meant) => field.refuse_with(rule, format!("did you mean `{meant}`?")),
        None => field.refuse(rule),
    };
    checked.map_err(refuse).ok()
}

/// `{b: {weight_decay: 0}}`: numbers that are other ones for a parameter.
fn overridden(
    field: &Field<'_>,
    optimizer: &Optimizer,
    options: &Options,
    listed: bool,
    parameters: &[&str],
) -> Option<Vec<(String, Options)>> {
    let mut list = Vec::new();
    for (key, own) in field.entries()? {
        if !parameters.contains(&key.text.as_str()) {
            let help = nearest(&key.text, parameters.iter().copied(), "those trained are");
            let message = format!("`{}` is not a parameter that is trained", key.text);
            own.refuse_key(key, message, Some(help));
        }
        let mut map = own.fields(overrides(optimizer))?;
        let mut changed = options.clone();
        for specification in optimizer.options.iter().filter(|option| !option.takes_word()) {
            let Some(value) = map.take(specification.name) else { continue };
            if specification.name == "learning_rate" && listed {
                let help = "give one `learning_rate` instead of a list, or leave this out";
                value.refuse_with("the learning rate is listed for all parameters together", help);
                continue;
            }
            if let Some(setting) = setting(&value, specification) {
                changed.set(specification.name, setting);
            }
        }
        if let Some(value) = map.take("weight_decay") {
            if options.is_set("weight_decay") {
                changed.set("weight_decay", Setting::Number(strength(&value)?));
            } else {
                let help = "add `weight_decay` to the optimizer first";
                value.refuse_with("there is no weight decay to change for one parameter", help);
            }
        }
        map.finish();
        if let Some(conflict) = (optimizer.conflict)(&changed) {
            own.refuse(conflict);
        }
        list.push((key.text.clone(), changed));
    }
    Some(list)
}
