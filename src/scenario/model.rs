//! The model: one definition a line, some of them repeated, every shape checked.

use std::collections::BTreeMap;

use crate::formula::shape::{Shape, infer};
use crate::formula::{Expression, is_name, parse};
use crate::limits::Limit;

use super::definition::Definition;
use super::quantity::parse_problem;
use super::repetition::{Repetition, numbered, repetition};
use super::setup::is_taken;
use super::shapes::Dimensions;
use super::{Field, Problem, suggest};

/// Whether all data and parameters have names that formulas may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Names {
    /// All of them.
    All,
    /// Some were refused with their values, so an unknown name may be one of theirs.
    Some,
    /// A line that could not be read may define an unknown name, unless it is nearly a known one.
    Unsure,
}

/// Reads the lines of a model over names of known shape; the shapes of its definitions
/// are added to them.
pub(super) fn read(
    field: &Field<'_>,
    shapes: &mut BTreeMap<String, Shape>,
    dimensions: &Dimensions,
    mut names: Names,
) -> Option<Vec<Definition>> {
    let text = &field.text()?.text;
    let later: Vec<&str> =
        text.lines().filter_map(|line| Some(line.split_once('=')?.0.trim())).collect();
    let mut definitions = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let code = line.split('#').next().unwrap_or_default().trim_end();
        if code.trim().is_empty() {
            continue;
        }
        let copies = repeated(field, code, start, dimensions);
        if copies.is_empty() && names == Names::All {
            names = Names::Unsure;
        }
        for (copy, shift) in copies {
            let exact_places = shift == Shift::None;
            let above = &definitions;
            let line =
                Line { field, code: &copy, start, exact_places, names, later: &later, above };
            match line.definition(shapes) {
                Some(definition) => definitions.push(definition),
                // What it was to define is unknown, so that other lines are not blamed for it.
                None if names == Names::All => names = Names::Unsure,
                None => {}
            }
            if definitions.len() > Limit::ModelLines.count() {
                field.exceeds(Limit::ModelLines, "the lines of this model", None);
                return None;
            }
        }
    }
    if definitions.is_empty() {
        field.refuse("the model has no line `name = expression`");
        return None;
    }
    Some(definitions)
}

/// Whether offsets in a line are those of the scenario's text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shift {
    None,
    Some,
}

/// The line, or one for each number of `for l in 1..depth`.
fn repeated(
    field: &Field<'_>,
    code: &str,
    start: usize,
    dimensions: &Dimensions,
) -> Vec<(String, Shift)> {
    match repetition(code, dimensions) {
        Ok(None) => vec![(code.to_owned(), Shift::None)],
        Ok(Some(Repetition { body, name, from, to })) => {
            (from..=to).map(|value| (numbered(body, name, value), Shift::Some)).collect()
        }
        Err((offset, message)) => {
            let place = field.node().place_of(start + offset);
            let problem = Problem::new(place, message).in_field(field.path());
            field.report().push(problem.with_width(code[offset..].trim_end().len()));
            Vec::new()
        }
    }
}

/// The names that a model uses before it defines them, in order: its leaves. What is wrong
/// in it is not reported here.
pub(super) fn leaves(text: &str, dimensions: &Dimensions) -> Vec<String> {
    let mut defined: Vec<String> = Vec::new();
    let mut used: Vec<String> = Vec::new();
    for line in text.lines() {
        let code = line.split('#').next().unwrap_or_default();
        let copies = match repetition(code, dimensions) {
            Ok(None) => vec![code.to_owned()],
            Ok(Some(Repetition { body, name, from, to })) => {
                (from..=to).map(|value| numbered(body, name, value)).collect()
            }
            Err(_) => Vec::new(),
        };
        for copy in copies {
            let Some((name, expression)) = copy.split_once('=') else { continue };
            for mention in parse(expression).map(|parsed| parsed.names).unwrap_or_default() {
                if !defined.contains(&mention.name) && !used.contains(&mention.name) {
                    used.push(mention.name);
                }
            }
            defined.push(name.trim().to_owned());
        }
    }
    used
}

struct Line<'l, 'n> {
    field: &'l Field<'n>,
    code: &'l str,
    start: usize,
    exact_places: bool,
    names: Names,
    /// What the model defines anywhere.
    later: &'l [&'l str],
    /// What was defined before this line.
    above: &'l [Definition],
}

impl Line<'_, '_> {
    fn refuse(&self, offset: usize, width: usize, message: String, help: Option<String>) {
        let (offset, width) = if self.exact_places { (offset, width) } else { (0, 1) };
        let problem = Problem::new(self.field.node().place_of(self.start + offset), message)
            .in_field(self.field.path())
            .with_width(width);
        self.field.report().push(match help {
            Some(help) => problem.with_help(help),
            None => problem,
        });
    }

    fn definition(&self, shapes: &mut BTreeMap<String, Shape>) -> Option<Definition> {
        let indent = self.code.len() - self.code.trim_start().len();
        let Some(equals) = self.code.find('=') else {
            let help = Some("write `name = expression`".into());
            self.refuse(indent, self.code.trim().len(), "this line defines nothing".into(), help);
            return None;
        };
        let name = self.code[..equals].trim();
        self.check_name(name, indent, shapes);
        let from = equals + 1;
        let expression = self.expression(from, shapes).unwrap_or_else(|| Expression::integer(0));
        let (shape, expression) = match infer(&expression, shapes) {
            Ok(found) => found,
            Err(misfit) => {
                let width = self.code[from..].trim().len();
                let blank = self.code[from..].len() - self.code[from..].trim_start().len();
                let help = format!("the operation is `{}`", misfit.expression);
                self.refuse(from + blank, width, misfit.message, Some(help));
                (Shape::Scalar, expression)
            }
        };
        if name == "loss" && shape != Shape::Scalar {
            let message = format!("the loss must be a number, but is {shape}");
            self.refuse(indent, name.len(), message, Some("reduce it with `sum` or `mean`".into()));
        }
        shapes.insert(name.to_owned(), shape);
        let shift = if self.exact_places { indent } else { 0 };
        let place = self.field.node().place_of(self.start + shift);
        Some(Definition { name: name.to_owned(), expression, place })
    }

    fn check_name(&self, name: &str, indent: usize, shapes: &BTreeMap<String, Shape>) {
        let width = name.len().max(1);
        if !is_name(name) {
            let message = format!(
                "`{name}` can't be defined: a name is a letter, then letters, digits and `_`"
            );
            let help = "take a name such as `z`, `h_1` or `y_hat`".to_owned();
            self.refuse(indent, width, message, Some(help));
        } else if shapes.contains_key(name) {
            let above = self.above.iter().any(|known| known.name == name);
            let message = match above {
                true => format!("`{name}` is defined already"),
                false => format!("`{name}` is a parameter or a datum already"),
            };
            let help = match above {
                true if !self.exact_places => {
                    format!("a repeated line defines a name each time, such as `{name}_{{l}}`")
                }
                _ => "give the definition another name".to_owned(),
            };
            self.refuse(indent, width, message, Some(help));
        } else if is_taken(name) {
            self.refuse(indent, width, format!("`{name}` has another meaning in paths"), None);
        }
    }

    fn expression(&self, from: usize, shapes: &BTreeMap<String, Shape>) -> Option<Expression> {
        let parsed = match parse(&self.code[from..]) {
            Ok(parsed) => parsed,
            Err(error) if self.exact_places => {
                self.field.report().push(parse_problem(self.field, self.start + from, error));
                return None;
            }
            Err(error) => {
                self.refuse(0, 1, error.message, error.help);
                return None;
            }
        };
        let mut complete = true;
        for mention in &parsed.names {
            if !shapes.contains_key(&mention.name) && self.names != Names::Some {
                let near = suggest(&mention.name, shapes.keys().map(String::as_str));
                if self.names == Names::Unsure && near.is_none() {
                    continue;
                }
                if self.names == Names::All && self.later.contains(&mention.name.as_str()) {
                    let message = format!("`{}` is used before it is defined", mention.name);
                    self.refuse(from + mention.offset, mention.name.len(), message, None);
                    complete = false;
                    continue;
                }
                let known = || shapes.keys().map(String::as_str);
                let help =
                    near.map(|meant| format!("did you mean `{meant}`?")).unwrap_or_else(|| {
                        format!("known here: {}", known().collect::<Vec<_>>().join(", "))
                    });
                let message = format!("there is no `{}` here", mention.name);
                self.refuse(from + mention.offset, mention.name.len(), message, Some(help));
                complete = false;
            }
        }
        complete.then_some(parsed.expression)
    }
}
