//! A run as a script: the data, the values to start from, the functions, the loop.

use std::cell::RefCell;

use crate::catalogue::{Extent, State};
use crate::formula::Expression;
use crate::number::{Rational, Real};
use crate::scenario::{Library, Reduction, Run, Setup};
use crate::trace::{Tensor, Value};

use super::class::{Class, class};
use super::literal;
use super::model::{Model, reached};
use super::names::Names;
use super::python::{Helpers, module};
use super::rule::{Group, Update};

/// A phrase of the language file with its blanks filled in.
pub type Say<'a> = &'a dyn Fn(&str, &[(&'static str, String)]) -> String;

/// Longer lists of neighbouring examples are written as a range.
const FEW: usize = 12;

/// A run as a Python script. After each iteration it prints a line such as
/// `t=1 loss=2.0 w=-2.0 b=-2.0`, matrices as lists of rows, states as `u.w`.
///
/// `ended` says in which iteration something is undefined, and what, where the reader may
/// know.
pub fn script(
    setup: &Setup,
    run: &Run,
    library: Library,
    ended: Option<(usize, &str)>,
    say: Say<'_>,
) -> String {
    let helpers = RefCell::new(Helpers::default());
    let reached: Vec<&str> = match setup.gradients {
        Some(_) => setup.trained_names().collect(),
        None => reached(setup),
    };
    let complete = reached.len() == setup.trained_names().count();
    let class = (library == Library::PyTorch && complete).then(|| class(setup, run)).flatten();
    let update = Update { setup, run, library, helpers: &helpers };
    let mut names = Names::default();
    for name in setup.parameter_names() {
        names.make(name, name);
    }
    let groups = update.groups(&mut names);
    let script = Script { setup, run, library, helpers: &helpers, reached, class, update, say };
    script.write(&groups, &mut names, ended)
}

/// A comment of the language file, on one line.
pub(super) fn comment(say: Say<'_>, key: &str, blanks: &[(&'static str, String)]) -> String {
    let text = say(key, blanks);
    format!("# {}", text.split_whitespace().collect::<Vec<_>>().join(" "))
}

struct Script<'a> {
    setup: &'a Setup,
    run: &'a Run,
    library: Library,
    helpers: &'a RefCell<Helpers>,
    /// The trained parameters that the loss depends on.
    reached: Vec<&'a str>,
    class: Option<&'static Class>,
    update: Update<'a>,
    say: Say<'a>,
}

impl Script<'_> {
    fn write(
        &self,
        groups: &[Group<'_>],
        names: &mut Names,
        ended: Option<(usize, &str)>,
    ) -> String {
        let mut parts: Vec<Vec<String>> = Vec::new();
        parts.extend(self.data());
        parts.push(self.start(groups, names));
        let mut functions = Vec::new();
        if self.setup.gradients.is_none() {
            let (setup, library) = (self.setup, self.library);
            let model = Model { setup, library, names, helpers: self.helpers, say: self.say };
            functions.push(model.lines());
        }
        functions.extend(self.run.schedule.as_ref().map(|one| self.update.schedule(one)));
        if self.class.is_none() {
            if let Some((point, group)) = self.look_ahead(groups) {
                let name = names.make("look-ahead", "look_ahead");
                functions.push(self.update.ahead(point, &group.rule.states, &name));
            }
            functions.extend(groups.iter().map(|group| self.update.function(group)));
        }
        let helpers =
            self.helpers.borrow().defined.iter().map(|(_, lines)| lines.clone()).collect();
        let functions = [helpers, functions, vec![self.show()]].concat();
        parts.extend(functions);
        if let Some(class) = self.class {
            parts.push(self.optimizer(class, names));
        }
        let mut body = Vec::new();
        if let Some((t, cause)) = ended {
            let blanks = [("t", t.to_string()), ("cause", cause.to_owned())];
            body.push(comment(self.say, "code_ended", &blanks));
        }
        body.extend(self.repeat(groups, names));
        parts.push(body);
        let text: Vec<String> = parts.iter().map(|lines| lines.join("\n")).collect();
        let text = text.join("\n\n");
        format!("{}\n\n{text}", self.head(&text).join("\n"))
    }

    fn look_ahead<'g, 'r>(
        &self,
        groups: &'g [Group<'r>],
    ) -> Option<(&'g Expression, &'g Group<'r>)> {
        groups.iter().find_map(|group| Some((group.rule.look_ahead.as_ref()?, group)))
    }

    fn head(&self, text: &str) -> Vec<String> {
        let path = format!("{}.{}", self.setup.name, self.run.name);
        let library = (self.say)(&format!("code_{}", self.library.word()), &[]);
        let blanks = [("run", path), ("library", library)];
        let mut lines = vec![comment(self.say, "code_head", &blanks)];
        lines.extend(text.contains("math.").then(|| "import math".to_owned()));
        match self.library {
            Library::NumPy => lines.push("import numpy as np".to_owned()),
            Library::PyTorch => {
                lines.push("import torch".to_owned());
                if text.contains("F.") {
                    lines.push("import torch.nn.functional as F".to_owned());
                }
                lines.push(String::new());
                lines.push("torch.set_default_dtype(torch.float64)".to_owned());
            }
        }
        lines
    }

    /// The examples and the batches, or the given gradients.
    fn data(&self) -> Vec<Vec<String>> {
        let setup = self.setup;
        let row = |tensors: &mut dyn Iterator<Item = &Tensor>| {
            let values: Vec<String> = tensors.map(bare).collect();
            let last = if values.len() == 1 { "," } else { "" };
            format!("    ({}{last}),", values.join(", "))
        };
        if let Some(gradients) = &setup.gradients {
            let list: Vec<&str> = setup.trained_names().collect();
            let blanks = [("names", list.join(", "))];
            let title = comment(self.say, "code_gradients", &blanks);
            let mut lines = vec![format!("gradients = [  {title}")];
            lines.extend(
                gradients
                    .iter()
                    .map(|one| row(&mut setup.trained_names().filter_map(|name| one.get(name)))),
            );
            lines.push("]".to_owned());
            return [vec![lines], self.rates().into_iter().collect()].concat();
        }
        if setup.inputs.is_empty() {
            return self.rates().into_iter().collect();
        }
        let title = comment(self.say, "code_data", &[("names", setup.inputs.join(", "))]);
        let mut lines = vec![format!("data = [  {title}")];
        lines.extend(setup.data.iter().map(|example| row(&mut example.iter())));
        lines.push("]".to_owned());
        let title = comment(self.say, "code_batches", &[]);
        lines.push(format!("batches = {}  {title}", self.batches()));
        lines.extend(self.rates().into_iter().flatten());
        vec![lines]
    }

    fn rates(&self) -> Option<Vec<String>> {
        let rates = self.run.rates.as_ref()?;
        let rates: Vec<String> = rates.iter().map(|rate| literal::number(rate).0).collect();
        Some(vec![format!("rates = [{}]", rates.join(", "))])
    }

    /// Whether every batch is of one example.
    fn single(&self) -> bool {
        self.setup.batches.iter().all(|batch| batch.len() == 1)
    }

    fn batches(&self) -> String {
        let batches = &self.setup.batches;
        if self.single() {
            let list: Vec<usize> = batches.iter().flatten().copied().collect();
            return examples(&list);
        }
        match batches.first() {
            Some(first) if batches.len() > 1 && batches.iter().all(|other| other == first) => {
                format!("[{}]*{}", examples(first), batches.len())
            }
            _ => {
                let list: Vec<String> = batches.iter().map(|batch| examples(batch)).collect();
                format!("[{}]", list.join(", "))
            }
        }
    }

    /// Parameters and states before the first iteration.
    fn start(&self, groups: &[Group<'_>], names: &mut Names) -> Vec<String> {
        let mut lines = Vec::new();
        for parameter in &self.setup.parameters {
            let name = names.make(&parameter.name, &parameter.name);
            let mut text = self.literal(&parameter.initial.tensor());
            if parameter.frozen {
                let note = comment(self.say, "code_frozen", &[]);
                text = format!("{text}  {note}");
            } else if self.class.is_some() {
                let inner = text.strip_suffix(')').unwrap_or(&text);
                text = format!("{inner}, requires_grad=True)");
            }
            lines.push(format!("{name} = {text}"));
        }
        if self.class.is_some() {
            return lines;
        }
        for group in groups {
            for parameter in &group.parameters {
                for state in &group.rule.states {
                    let own = names.get(parameter).unwrap_or_default().to_owned();
                    let key = format!("{} of {parameter}", state.name);
                    let name = names.make(&key, &format!("{}_{parameter}", state.name));
                    lines.push(format!("{name} = {}", self.state(state, parameter, &own)));
                }
            }
        }
        lines
    }

    fn state(&self, state: &State, parameter: &str, own: &str) -> String {
        let module = module(self.library);
        let given = self.setup.initial_state.get(&state.name);
        if let Some(tensor) = given.and_then(|values| values.get(parameter)) {
            return match state.extent {
                Extent::Entries => self.literal(tensor),
                Extent::Whole => bare(tensor),
            };
        }
        let options = self.run.options_of(parameter);
        let start = match &state.start {
            Expression::Name(name) => options.number(name).cloned(),
            other => crate::formula::chain::number(other).map(|(value, _)| value),
        };
        let start = start.unwrap_or(Rational::ZERO);
        match state.extent {
            Extent::Whole => literal::decimal(&Real::from(start)),
            Extent::Entries if start == Rational::ZERO => format!("{module}.zeros_like({own})"),
            Extent::Entries => {
                let value = literal::decimal(&Real::from(start));
                format!("{module}.full_like({own}, {value})")
            }
        }
    }

    /// A number or matrix of the library's.
    fn literal(&self, tensor: &Tensor) -> String {
        let module = module(self.library);
        let first = tensor.entries().first();
        let filled =
            tensor.entries().len() > 1 && tensor.entries().iter().all(|entry| Some(entry) == first);
        match (tensor.shape(), first) {
            (Some((rows, columns)), Some(first)) if filled => {
                format!("{module}.full(({rows}, {columns}), {})", entry(first))
            }
            _ if self.library == Library::NumPy => format!("np.array({})", bare(tensor)),
            _ => format!("torch.tensor({})", bare(tensor)),
        }
    }

    fn show(&self) -> Vec<String> {
        let array = match self.library {
            Library::NumPy => "np.asarray",
            Library::PyTorch => "torch.as_tensor",
        };
        vec![
            "def show(values):".to_owned(),
            format!(
                "    print(*(f\"{{name}}={{{array}(value).tolist()}}\" for name, value in values.items()))"
            ),
        ]
    }

    /// The optimizer of `torch.optim`.
    fn optimizer(&self, class: &Class, names: &Names) -> Vec<String> {
        let own = |name: &str| names.get(name).unwrap_or_default().to_owned();
        let base = class.arguments(&self.run.options);
        let mut groups: Vec<(Vec<String>, Vec<String>)> = Vec::new();
        for parameter in self.setup.trained_names() {
            let arguments = class.arguments(self.run.options_of(parameter));
            let other = |(keyword, text): &(&'static str, String)| {
                let same = base.iter().any(|one| one == &(*keyword, text.clone()));
                (!same).then(|| format!("\"{keyword}\": {text}"))
            };
            let missing = base
                .iter()
                .filter(|(keyword, _)| arguments.iter().all(|(known, _)| known != keyword));
            let missing = missing.map(|(keyword, _)| format!("\"{keyword}\": 0"));
            let changed: Vec<String> = arguments.iter().filter_map(other).chain(missing).collect();
            match groups.iter_mut().find(|(_, known)| *known == changed) {
                Some((list, _)) => list.push(own(parameter)),
                None => groups.push((vec![own(parameter)], changed)),
            }
        }
        let single = groups.len() == 1 && groups[0].1.is_empty();
        let group = |(list, changed): &(Vec<String>, Vec<String>)| {
            let mut items = vec![format!("\"params\": [{}]", list.join(", "))];
            items.extend(changed.iter().cloned());
            format!("{{{}}}", items.join(", "))
        };
        let parameters = match groups.first() {
            Some((list, _)) if single => list.join(", "),
            _ => groups.iter().map(group).collect::<Vec<_>>().join(", "),
        };
        let arguments: Vec<String> =
            base.iter().map(|(keyword, text)| format!("{keyword}={text}")).collect();
        let arguments = arguments.join(", ");
        vec![format!("optimizer = torch.optim.{}([{parameters}], {arguments})", class.name)]
    }

    /// The loop over the iterations.
    fn repeat(&self, groups: &[Group<'_>], names: &mut Names) -> Vec<String> {
        let setup = self.setup;
        let start = setup.start_iteration + 1;
        let trained: Vec<&str> = setup.trained_names().collect();
        for name in &trained {
            let wish = format!("g_{name}");
            names.make(&format!("gradient of {name}"), &wish);
        }
        let gradients: Vec<String> = trained
            .iter()
            .filter_map(|name| names.get(&format!("gradient of {name}")).map(str::to_owned))
            .collect();
        let mut lines = Vec::new();
        if setup.gradients.is_some() {
            lines.push(format!("for t, given in enumerate(gradients, start={start}):"));
            let array = self.converter();
            let one = if gradients.len() == 1 { "," } else { "" };
            lines.push(format!("    {}{one} = map({array}, given)", gradients.join(", ")));
            if self.class.is_some() {
                for (name, gradient) in trained.iter().zip(&gradients) {
                    let own = names.get(name).unwrap_or_default();
                    lines.push(format!("    {own}.grad = {gradient}"));
                }
            }
        } else {
            lines.push(match (setup.inputs.is_empty(), self.single()) {
                (true, _) => {
                    format!("for t in range({start}, {}):", start + setup.batches.len())
                }
                (false, true) => format!("for t, i in enumerate(batches, start={start}):"),
                (false, false) => format!("for t, batch in enumerate(batches, start={start}):"),
            });
            lines.extend(self.pass(groups, names, &gradients));
        }
        lines.extend(match self.class {
            Some(class) => self.step(class, names),
            None => self.apply(groups, names),
        });
        lines.push(format!("    show({{{}}})", self.shown(groups, names).join(", ")));
        lines
    }

    fn converter(&self) -> &'static str {
        match self.library {
            Library::NumPy => "np.array",
            Library::PyTorch => "torch.tensor",
        }
    }

    /// The forward pass of a batch, and its gradients.
    fn pass(&self, groups: &[Group<'_>], names: &mut Names, gradients: &[String]) -> Vec<String> {
        let setup = self.setup;
        let mut lines = Vec::new();
        let mut point: Vec<String> = Vec::new();
        let ahead = self.look_ahead(groups).is_some() && self.class.is_none();
        for name in setup.parameter_names() {
            let own = names.get(name).unwrap_or_default().to_owned();
            let group = groups.iter().find(|group| group.parameters.contains(&name));
            match group.filter(|_| ahead) {
                Some(group) => {
                    let call = self.update.ahead_call(group, name, names);
                    let shifted = names.make(&format!("ahead of {name}"), &format!("ahead_{name}"));
                    lines.push(format!("    {shifted} = {call}"));
                    point.push(shifted);
                }
                None => point.push(own),
            }
        }
        let array = self.converter();
        let function = if self.library == Library::NumPy { "gradient" } else { "model" };
        let mut arguments = point.clone();
        if !setup.inputs.is_empty() {
            arguments.push(format!("*map({array}, data[i - 1])"));
        }
        let call = format!("{function}({})", arguments.join(", "));
        let share = if setup.reduction == Reduction::Mean { "/len(batch)" } else { "" };
        let single = setup.inputs.is_empty() || self.single();
        let loss = names.make("loss of the batch", "loss");
        if self.library == Library::NumPy {
            let results = [vec![loss], gradients.to_vec()].concat().join(", ");
            if single {
                lines.push(format!("    {results} = {call}"));
            } else {
                lines.push(format!("    each = [{call} for i in batch]"));
                lines
                    .push(format!("    {results} = (sum(column){share} for column in zip(*each))"));
            }
            return lines;
        }
        let reached = |name: &&str| self.reached.contains(name);
        let of = |name: &str| {
            let place = setup.parameter_names().position(|other| other == name);
            place.and_then(|place| point.get(place)).cloned().unwrap_or_default()
        };
        if self.class.is_some() {
            lines.push("    optimizer.zero_grad()".to_owned());
        } else {
            for name in setup.trained_names().filter(reached) {
                lines.push(format!("    {}.requires_grad_()", of(name)));
            }
        }
        lines.push(match single {
            true => format!("    {loss} = {call}"),
            false => format!("    {loss} = sum({call} for i in batch){share}"),
        });
        if self.class.is_some() {
            lines.push(format!("    {loss}.backward()"));
            return lines;
        }
        let list: Vec<String> = setup.trained_names().filter(reached).map(of).collect();
        let mut found = Vec::new();
        for (name, gradient) in setup.trained_names().zip(gradients) {
            if self.reached.contains(&name) {
                found.push(gradient.clone());
            } else {
                lines.push(format!("    {gradient} = torch.zeros_like({})", of(name)));
            }
        }
        if !found.is_empty() {
            let one = if found.len() == 1 { "," } else { "" };
            let (found, list) = (found.join(", "), list.join(", "));
            lines.push(format!("    {found}{one} = torch.autograd.grad({loss}, [{list}])"));
        }
        lines
    }

    /// A step of `torch.optim`.
    fn step(&self, _: &Class, names: &Names) -> Vec<String> {
        let options = &self.run.options;
        let mut lines = Vec::new();
        if let ("value", Some(at)) = (options.word("clip"), options.number("clip_at")) {
            let trained = self.setup.trained_names();
            let list: Vec<&str> = trained.filter_map(|name| names.get(name)).collect();
            let at = literal::number(at).0;
            let list = list.join(", ");
            lines.push(format!("    torch.nn.utils.clip_grad_value_([{list}], {at})"));
        }
        let rate = match (&self.run.rates, &self.run.schedule) {
            (Some(_), _) => Some(self.update.listed_rate()),
            (None, Some(_)) => Some(self.update.scheduled(options)),
            (None, None) => None,
        };
        if let Some(rate) = rate {
            lines.push("    for group in optimizer.param_groups:".to_owned());
            lines.push(format!("        group[\"lr\"] = {rate}"));
        }
        lines.push("    optimizer.step()".to_owned());
        lines
    }

    /// The update, written out.
    fn apply(&self, groups: &[Group<'_>], names: &mut Names) -> Vec<String> {
        let mut lines = Vec::new();
        let norm = groups.iter().find_map(|group| self.update.norm_of_all(&group.rule));
        if let Some(norm) = norm {
            let module = module(self.library);
            let own = |name| names.get(&format!("gradient of {name}")).unwrap_or_default();
            let squares: Vec<String> = self
                .setup
                .trained_names()
                .map(|name| format!("{module}.sum({0}*{0})", own(name)))
                .collect();
            let squares = squares.join(" + ");
            let name = names.make(&format!("{norm} of all"), norm);
            lines.push(format!("    {name} = {module}.sqrt({squares})"));
        }
        for group in groups {
            for parameter in &group.parameters {
                let states = group.rule.states.iter();
                let keys = states.map(|state| format!("{} of {parameter}", state.name));
                let keys = [(*parameter).to_owned()].into_iter().chain(keys);
                let results: Vec<String> =
                    keys.filter_map(|key| names.get(&key).map(str::to_owned)).collect();
                let call = self.update.call(group, parameter, names);
                lines.push(format!("    {} = {call}", results.join(", ")));
            }
        }
        lines
    }

    /// What is printed: labels as in paths, with their values.
    fn shown(&self, groups: &[Group<'_>], names: &Names) -> Vec<String> {
        let own = |key: &str| names.get(key).unwrap_or_default().to_owned();
        let mut list = vec!["\"t\": t".to_owned()];
        if self.setup.gradients.is_none() {
            list.push(format!("\"loss\": {}", own("loss of the batch")));
        }
        let parameters = self.setup.parameter_names();
        // The iteration is called `t`; a parameter of that name goes by its Python name.
        let label = |name: &str| if name == "t" { own(name) } else { name.to_owned() };
        list.extend(parameters.map(|name| format!("\"{}\": {}", label(name), own(name))));
        for group in groups {
            for parameter in &group.parameters {
                for state in &group.rule.states {
                    let name = &state.name;
                    let value = match self.class {
                        None => own(&format!("{name} of {parameter}")),
                        Some(class) => {
                            let known = class.states.iter().find(|(known, _)| known == name);
                            let Some((_, theirs)) = known else { continue };
                            format!("optimizer.state[{}][\"{theirs}\"]", own(parameter))
                        }
                    };
                    list.push(format!("\"{name}.{parameter}\": {value}"));
                }
            }
        }
        list
    }
}

/// A number or matrix as Python writes it.
fn bare(tensor: &Tensor) -> String {
    let entries: Vec<String> = tensor.entries().iter().map(entry).collect();
    match tensor.shape() {
        None => entries.into_iter().next().unwrap_or_default(),
        Some((_, columns)) => {
            let rows: Vec<String> =
                entries.chunks(columns.max(1)).map(|row| format!("[{}]", row.join(", "))).collect();
            format!("[{}]", rows.join(", "))
        }
    }
}

fn entry(value: &Value) -> String {
    match value {
        Value::Real(real) => literal::decimal(real),
        Value::Undefined(_) => "math.nan".to_owned(),
    }
}

/// The numbers of examples as a list.
fn examples(list: &[usize]) -> String {
    let next = |pair: &[usize]| pair.windows(2).all(|pair| pair[1] == pair[0] + 1);
    if let (true, Some(first), Some(last)) =
        (list.len() > FEW && next(list), list.first(), list.last())
    {
        return format!("list(range({first}, {}))", last + 1);
    }
    if list.len() > FEW && list.iter().all(|other| Some(other) == list.first()) {
        return format!("[{}]*{}", list[0], list.len());
    }
    let list: Vec<String> = list.iter().map(ToString::to_string).collect();
    format!("[{}]", list.join(", "))
}
