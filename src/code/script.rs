//! A run as a script: the data, the values to start from, the functions, the loop.

use std::cell::RefCell;

use crate::formula::Expression;
use crate::scenario::{Library, Run, Setup};

use super::class::{Class, class};
use super::model::{Model, reached};
use super::names::Names;
use super::python::Helpers;
use super::rule::{Group, Update};

/// A phrase of the language file with its blanks filled in.
pub type Say<'a> = &'a dyn Fn(&str, &[(&'static str, String)]) -> String;

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

/// Everything that a script is made of.
pub(super) struct Script<'a> {
    pub setup: &'a Setup,
    pub run: &'a Run,
    pub library: Library,
    pub helpers: &'a RefCell<Helpers>,
    /// The trained parameters that the loss depends on.
    pub reached: Vec<&'a str>,
    pub class: Option<&'static Class>,
    pub update: Update<'a>,
    pub say: Say<'a>,
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

    /// The point at which the gradient is taken, with a group that has it.
    pub(super) fn look_ahead<'g, 'r>(
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
}
