//! The update, written out from the lines of the catalogue's rule.
//!
//! Parameters with one rule share a function; options of a single parameter are given where
//! it is called.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalogue::{Extent, Form, Line, Options, Over, Rule, Schedule, Setting, State};
use crate::formula::{Expression, ZeroOverZero};
use crate::number::Rational;
use crate::scenario::{Library, Run, Setup};

use super::literal;
use super::model::counts;
use super::names::Names;
use super::python::{Helpers, Kind, Printer};

/// The option that is a rate.
const RATE: &str = "learning_rate";
/// The sizes of a parameter, which a rule may use.
const SIZES: [&str; 2] = ["rows", "columns"];

/// The parameters that have one rule.
pub(super) struct Group<'a> {
    pub rule: Arc<Rule>,
    options: &'a Options,
    pub parameters: Vec<&'a str>,
    /// The name of its function.
    pub function: String,
}

/// A run's update.
pub(super) struct Update<'a> {
    pub setup: &'a Setup,
    pub run: &'a Run,
    pub library: Library,
    pub helpers: &'a RefCell<Helpers>,
}

impl<'a> Update<'a> {
    /// The trained parameters by their rules.
    pub(super) fn groups(&self, names: &mut Names) -> Vec<Group<'a>> {
        let mut groups: Vec<Group<'a>> = Vec::new();
        for parameter in self.setup.trained_names() {
            let (rule, options) = (self.run.rule_of(parameter), self.run.options_of(parameter));
            let word = |options: &Options| options.word("zero_over_zero").to_owned();
            let known = groups
                .iter_mut()
                .find(|group| group.rule == rule && word(group.options) == word(options));
            match known {
                Some(group) => group.parameters.push(parameter),
                None => {
                    let mut wish = self.run.name.clone();
                    if !groups.is_empty() {
                        wish.push_str(&format!("_{parameter}"));
                    }
                    let function = names.make(&format!("update of {parameter}"), &wish);
                    groups.push(Group { rule, options, parameters: vec![parameter], function });
                }
            }
        }
        groups
    }

    fn schedule_line(&self) -> Option<&str> {
        self.run.schedule.as_ref().map(Schedule::rate)
    }

    /// The lines that a function carries out: the rate and the norm of all come from outside.
    fn own_lines<'r>(&self, lines: &'r [Line]) -> Vec<&'r Line> {
        let of_rate = self.run.schedule.iter().flat_map(|schedule| &schedule.lines);
        let outside = |line: &&Line| {
            line.over == Over::Parameter && !of_rate.clone().any(|own| own.name == line.name)
        };
        lines.iter().filter(outside).collect()
    }

    fn all_lines<'r>(&self, rule: &'r Rule) -> Vec<&'r Line> {
        let first = rule.first.as_deref().unwrap_or_default();
        [self.own_lines(first), self.own_lines(&rule.lines)].concat()
    }

    /// Whether the lines use a name.
    fn uses(&self, rule: &Rule, name: &str) -> bool {
        let lines = self.all_lines(rule);
        lines.iter().any(|line| line.expressions().any(|one| one.mentions(name)))
            || (name == "t" && rule.first.is_some())
    }

    /// The line that is the norm over all parameters.
    pub(super) fn norm_of_all<'r>(&self, rule: &'r Rule) -> Option<&'r str> {
        let line = rule.lines.iter().find(|line| line.over == Over::NormOfAll)?;
        Some(&line.name)
    }

    /// The options that the function takes, with their values for a parameter.
    fn options<'o>(&self, group: &Group<'_>, options: &'o Options) -> Vec<(&'o str, &'o Rational)> {
        let numbers = options.iter().filter_map(|(name, setting)| match setting {
            Setting::Number(number) => Some((name, number)),
            Setting::Word(_) => None,
        });
        numbers.filter(|(name, _)| self.uses(&group.rule, name)).collect()
    }

    /// The kind of a parameter's values in a group.
    fn kind(&self, group: &Group<'_>) -> Kind {
        let matrix = group.parameters.iter().any(|name| counts(self.setup, name).is_some());
        if matrix { Kind::Entries } else { Kind::Single }
    }

    /// The names of a group's function, what they stand for, and its head.
    fn signature(&self, group: &Group<'_>) -> (Names, BTreeMap<String, Kind>, Vec<String>) {
        let rule = &group.rule;
        let (mut names, mut kinds) = (Names::default(), BTreeMap::new());
        let entries = self.kind(group);
        let mut head = Vec::new();
        for name in ["theta", "g"] {
            names.fix(name);
            kinds.insert(name.to_owned(), entries);
            head.push(name.to_owned());
        }
        for state in &rule.states {
            kinds.insert(state.name.clone(), kind_of(state, entries));
            head.push(names.make(&state.name, &state.name));
        }
        if self.uses(rule, "t") {
            names.fix("t");
            kinds.insert("t".to_owned(), Kind::Plain);
            head.push("t".to_owned());
        }
        if let Some(norm) = self.norm_of_all(rule) {
            kinds.insert(norm.to_owned(), Kind::Single);
            head.push(names.make(norm, norm));
        }
        if let Some(rate) = self.schedule_line().filter(|rate| self.uses(rule, rate)) {
            kinds.insert(rate.to_owned(), Kind::Plain);
            head.push(names.make(rate, "rate"));
        }
        for (name, value) in self.options(group, group.options) {
            kinds.insert(name.to_owned(), Kind::Plain);
            let own = names.make(name, name);
            head.push(format!("{own}={}", literal::number(value).0));
        }
        for size in SIZES {
            kinds.insert(size.to_owned(), Kind::Plain);
            names.make(size, size);
        }
        (names, kinds, head)
    }

    /// Rows and columns of the parameter.
    fn sizes(&self, group: &Group<'_>) -> &'static str {
        let is_matrix = |name: &&str| counts(self.setup, name).is_some();
        if group.parameters.iter().all(is_matrix) {
            "theta.shape"
        } else if group.parameters.iter().any(is_matrix) {
            "theta.shape or (1, 1)"
        } else {
            "1, 1"
        }
    }

    /// The function of a group.
    pub(super) fn function(&self, group: &Group<'_>) -> Vec<String> {
        let rule = &group.rule;
        let (mut names, mut kinds, head) = self.signature(group);
        let entries = self.kind(group);
        let mut lines = Vec::new();
        if self.library == Library::PyTorch {
            lines.push("@torch.no_grad()".to_owned());
        }
        lines.push(format!("def {}({}):", group.function, head.join(", ")));
        if SIZES.iter().any(|size| self.uses(rule, size)) {
            let own = SIZES.map(|size| names.make(size, size)).join(", ");
            lines.push(format!("    {own} = {}", self.sizes(group)));
        }
        let body = Body { update: self, group, entries };
        lines.extend(body.lines(&mut names, &mut kinds));
        let mut results = vec!["theta".to_owned()];
        results.extend(rule.states.iter().map(|state| names.make(&state.name, &state.name)));
        lines.push(format!("    return {}", results.join(", ")));
        lines
    }

    /// The call for one parameter: what comes from outside stands in `given`.
    pub(super) fn call(&self, group: &Group<'_>, parameter: &str, names: &Names) -> String {
        let own = |key: &str| names.get(key).unwrap_or_default().to_owned();
        let mut list = vec![own(parameter), own(&format!("gradient of {parameter}"))];
        let states = group.rule.states.iter();
        list.extend(states.map(|state| own(&format!("{} of {parameter}", state.name))));
        if self.uses(&group.rule, "t") {
            list.push("t".to_owned());
        }
        if let Some(norm) = self.norm_of_all(&group.rule) {
            list.push(own(&format!("{norm} of all")));
        }
        let options = self.run.options_of(parameter);
        if self.schedule_line().is_some_and(|line| self.uses(&group.rule, line)) {
            list.push(self.scheduled("t - 1", options));
        }
        list.extend(self.keywords(group, options));
        format!("{}({})", group.function, list.join(", "))
    }

    /// Options other than those that stand in the function's head.
    fn keywords(&self, group: &Group<'_>, options: &Options) -> Vec<String> {
        let (names, ..) = self.signature(group);
        let listed = self.run.rate_varies() && self.uses(&group.rule, RATE);
        let mut list = Vec::new();
        for (name, value) in self.options(group, options) {
            let own = names.get(name).unwrap_or_default();
            if listed && name == RATE {
                list.push(format!("{own}={}", self.listed_rate()));
            } else if group.options.number(name) != Some(value) {
                list.push(format!("{own}={}", literal::number(value).0));
            }
        }
        list
    }

    /// The rate of an iteration in a list.
    pub(super) fn listed_rate(&self) -> String {
        format!("rates[t - {}]", self.setup.start_iteration + 1)
    }

    /// The scheduled rate after `k` iterations.
    pub(super) fn scheduled(&self, k: &str, options: &Options) -> String {
        let (own, base) = (options.number(RATE), self.run.options.number(RATE));
        match own.filter(|own| Some(*own) != base) {
            Some(own) => format!("schedule({k}, {})", literal::number(own).0),
            None => format!("schedule({k})"),
        }
    }

    /// Whether a state begins with the rate of the first iteration, which a schedule gives.
    pub(super) fn begins_with_rate(&self, state: &State) -> bool {
        self.run.schedule.is_some() && state.start == Expression::name(RATE)
    }

    /// The schedule as a function of the iterations done before.
    pub(super) fn schedule(&self, schedule: &Schedule) -> Vec<String> {
        let (mut names, mut kinds) = (Names::default(), BTreeMap::new());
        names.fix("k");
        let rate = self.run.options.number(RATE).map(|rate| literal::number(rate).0);
        let mut lines =
            vec![format!("def schedule(k, {RATE}={}):", rate.unwrap_or_else(|| "0".to_owned()))];
        kinds.insert(names.make(RATE, RATE), Kind::Plain);
        for quantity in &schedule.quantities {
            let mut all = schedule.lines.iter().flat_map(Line::expressions);
            if !all.any(|one| one.mentions(&quantity.name)) {
                continue;
            }
            let k = match quantity.after == Rational::ZERO {
                true => "k".to_owned(),
                false => format!("max(k - {}, 0)", literal::atom(&quantity.after)),
            };
            let text = match &quantity.form {
                Form::Count => k.clone(),
                Form::Floor(size) => format!("{k}//{}", (*size).max(1)),
                Form::Cosine(period) => {
                    let period = literal::atom(period);
                    format!("math.cos(math.pi*min({k}, {period})/{period})")
                }
            };
            kinds.insert(quantity.name.clone(), Kind::Plain);
            if text == "k" {
                names.fix_as(&quantity.name, "k");
                continue;
            }
            let wish = quantity.name.trim_start_matches("scheduled_");
            lines.push(format!("    {} = {text}", names.make(&quantity.name, wish)));
        }
        let Some((last, stages)) = schedule.lines.split_last() else { return lines };
        for line in stages {
            let text = self.plain_line(line, &names, &kinds);
            kinds.insert(line.name.clone(), Kind::Plain);
            let wish = line.name.trim_start_matches("scheduled_");
            lines.push(format!("    {} = {text}", names.make(&line.name, wish)));
        }
        lines.push(format!("    return {}", self.plain_line(last, &names, &kinds)));
        lines
    }

    fn plain_line(&self, line: &Line, names: &Names, kinds: &BTreeMap<String, Kind>) -> String {
        let name = |key: &str| Some((names.get(key)?.to_owned(), *kinds.get(key)?));
        self.printer(&name, ZeroOverZero::Undefined).line(line).text
    }

    /// The function that gives the point at which the gradient is taken, if it is not the
    /// parameter itself.
    pub(super) fn ahead(&self, point: &Expression, states: &[State], name: &str) -> Vec<String> {
        let (mut names, mut kinds) = (Names::default(), BTreeMap::new());
        names.fix("theta");
        kinds.insert("theta".to_owned(), Kind::Entries);
        let mut head = vec!["theta".to_owned()];
        for state in states {
            kinds.insert(state.name.clone(), kind_of(state, Kind::Entries));
            head.push(names.make(&state.name, &state.name));
        }
        if let Some(rate) = self.schedule_line().filter(|rate| point.mentions(rate)) {
            kinds.insert(rate.to_owned(), Kind::Plain);
            head.push(names.make(rate, "rate"));
        }
        for (option, setting) in self.run.options.iter() {
            if let (Setting::Number(value), true) = (setting, point.mentions(option)) {
                kinds.insert(option.to_owned(), Kind::Plain);
                let own = names.make(option, option);
                head.push(format!("{own}={}", literal::number(value).0));
            }
        }
        let name_of = |key: &str| Some((names.get(key)?.to_owned(), *kinds.get(key)?));
        let text = self.printer(&name_of, ZeroOverZero::Undefined).print(point).text;
        let decorator = (self.library == Library::PyTorch).then(|| "@torch.no_grad()".to_owned());
        let own = [format!("def {name}({}):", head.join(", ")), format!("    return {text}")];
        decorator.into_iter().chain(own).collect()
    }

    /// The call for one parameter.
    pub(super) fn ahead_call(&self, group: &Group<'_>, parameter: &str, names: &Names) -> String {
        let own = |key: &str| names.get(key).unwrap_or_default().to_owned();
        let mut list = vec![own(parameter)];
        let states = group.rule.states.iter();
        list.extend(states.map(|state| own(&format!("{} of {parameter}", state.name))));
        let point = group.rule.look_ahead.as_ref();
        let mentions = |name: &str| point.is_some_and(|point| point.mentions(name));
        if self.schedule_line().is_some_and(mentions) {
            list.push(self.scheduled("t - 1", self.run.options_of(parameter)));
        } else if self.run.rate_varies() && mentions(RATE) {
            list.push(format!("{RATE}={}", self.listed_rate()));
        }
        for (option, setting) in self.run.options_of(parameter).iter() {
            if let (Setting::Number(value), true) = (setting, mentions(option))
                && self.run.options.number(option) != Some(value)
            {
                list.push(format!("{option}={}", literal::number(value).0));
            }
        }
        format!("{}({})", own("look-ahead"), list.join(", "))
    }

    fn printer<'p>(
        &'p self,
        name: &'p dyn Fn(&str) -> Option<(String, Kind)>,
        zero_over_zero: ZeroOverZero,
    ) -> Printer<'p> {
        Printer { library: self.library, name, helpers: self.helpers, zero_over_zero }
    }
}

fn kind_of(state: &State, entries: Kind) -> Kind {
    match state.extent {
        Extent::Entries => entries,
        Extent::Whole => Kind::Plain,
    }
}

/// The lines of a group's function.
struct Body<'b, 'a> {
    update: &'b Update<'a>,
    group: &'b Group<'a>,
    entries: Kind,
}

impl Body<'_, '_> {
    fn lines(&self, names: &mut Names, kinds: &mut BTreeMap<String, Kind>) -> Vec<String> {
        let rule = &self.group.rule;
        let later = self.update.own_lines(&rule.lines);
        let Some(first) = rule.first.as_deref().map(|first| self.update.own_lines(first)) else {
            return later.into_iter().map(|line| self.line(line, names, kinds)).collect();
        };
        let mut list = Vec::new();
        if first.len() != later.len() {
            let mut before = kinds.clone();
            list.push("    if t == 1:".to_owned());
            list.extend(
                first
                    .iter()
                    .map(|line| self.line(line, names, &mut before))
                    .map(|line| indented(&line)),
            );
            list.push("    else:".to_owned());
            list.extend(
                later.iter().map(|line| self.line(line, names, kinds)).map(|line| indented(&line)),
            );
            return list;
        }
        for (first, later) in first.into_iter().zip(later) {
            if first == later {
                list.push(self.line(later, names, kinds));
                continue;
            }
            let mut before = kinds.clone();
            list.push("    if t == 1:".to_owned());
            list.push(indented(&self.line(first, names, &mut before)));
            list.push("    else:".to_owned());
            list.push(indented(&self.line(later, names, kinds)));
        }
        list
    }

    fn line(&self, line: &Line, names: &mut Names, kinds: &mut BTreeMap<String, Kind>) -> String {
        let no_move = self.group.options.word("zero_over_zero") == "no_move";
        let zero = if no_move { ZeroOverZero::NoMove } else { ZeroOverZero::Undefined };
        let piece = {
            let known: &Names = names;
            let name = |key: &str| Some((known.get(key)?.to_owned(), *kinds.get(key)?));
            self.update.printer(&name, zero).line(line)
        };
        let state = self.group.rule.state(&line.name);
        let of_entries =
            line.name == "theta" || state.is_some_and(|state| state.extent == Extent::Entries);
        let mut text = piece.text;
        // A number in the place of a matrix stands in every entry.
        let fills = of_entries && piece.kind < self.entries;
        if fills {
            let module = super::python::module(self.update.library);
            text = format!("{module}.zeros_like(theta) + ({text})");
        }
        kinds.insert(line.name.clone(), if fills { self.entries } else { piece.kind });
        format!("    {} = {text}", names.make(&line.name, &line.name))
    }
}

fn indented(line: &str) -> String {
    format!("    {line}")
}
