//! What a script begins with: the data, the batches, parameters and states.

use crate::catalogue::{Extent, State};
use crate::formula::Expression;
use crate::number::{Rational, Real};
use crate::scenario::Library;
use crate::trace::{Tensor, Value};

use super::literal;
use super::names::Names;
use super::python::module;
use super::rule::Group;
use super::script::{Script, comment};

/// Longer lists of neighbouring examples are written as a range.
const FEW: usize = 12;

impl Script<'_> {
    /// The examples and the batches, or the given gradients.
    pub(super) fn data(&self) -> Vec<Vec<String>> {
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
    pub(super) fn single(&self) -> bool {
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
    pub(super) fn start(&self, groups: &[Group<'_>], names: &mut Names) -> Vec<String> {
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
