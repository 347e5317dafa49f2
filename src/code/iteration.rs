//! The loop of a script: the pass over a batch, the step, what is printed.

use crate::scenario::{Library, Reduction};

use super::literal;
use super::names::Names;
use super::python::module;
use super::rule::Group;
use super::script::Script;

impl Script<'_> {
    /// The loop over the iterations.
    pub(super) fn repeat(&self, groups: &[Group<'_>], names: &mut Names) -> Vec<String> {
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
            Some(_) => self.step(names),
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
    fn step(&self, names: &Names) -> Vec<String> {
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
