//! An optimizer of the scenario's own: its states, options and rule.

use crate::catalogue::{Options, Rule, Setting};
use crate::formula::{Expression, is_name, parse};

use super::beginning::nearest;
use super::quantity::{parse_problem, rational};
use super::setup::check_name;
use super::yaml::Key;
use super::{Field, Fields, Problem};

/// Names that rules have by themselves.
const OWN: [&str; 5] = ["theta", "g", "t", "rows", "columns"];

/// `state`, `options` and `rule`; the options join those that there are.
pub(super) fn read(map: &mut Fields<'_>, options: &mut Options) -> Option<Rule> {
    let mut states: Vec<(String, Expression)> = Vec::new();
    for (key, field) in map.entries("state").unwrap_or_default() {
        if free(&field, key) {
            check_name(&field, key, "state");
        }
        if let Some(start) = rational(&field) {
            states.push((key.text.clone(), Expression::Number(start)));
        }
    }
    for (key, field) in map.entries("options").unwrap_or_default() {
        if free(&field, key) {
            check_name(&field, key, "option");
        }
        let taken = states.iter().any(|(state, _)| *state == key.text)
            || options.iter().any(|(name, _)| name == key.text);
        if taken {
            let message = format!("`{}` stands for something else already", key.text);
            field.refuse_key(key, message, Some("give the option another name".into()));
        } else if let Some(number) = rational(&field) {
            options.set(&key.text, Setting::Number(number));
        }
    }
    let field = map.required("rule")?;
    let mut known: Vec<String> = OWN.iter().map(|name| (*name).to_owned()).collect();
    known.extend(states.iter().map(|(name, _)| name.clone()));
    known.extend(options.iter().map(|(name, _)| name.to_owned()));
    let lines = lines(&field, known, options)?;
    Some(Rule::of_lines(states, lines))
}

fn free(field: &Field<'_>, key: &Key) -> bool {
    let own = OWN.contains(&key.text.as_str());
    if own {
        field.refuse_key(key, format!("`{}` has a meaning of its own in rules", key.text), None);
    }
    !own
}

/// The lines `name = expression`, the last of which gives `theta`.
fn lines(
    field: &Field<'_>,
    mut known: Vec<String>,
    options: &Options,
) -> Option<Vec<(String, Expression)>> {
    let text = &field.text()?.text;
    let mut list: Vec<(String, Expression)> = Vec::new();
    let mut offset = 0;
    let mut sound = true;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let code = line.split('#').next().unwrap_or_default().trim_end();
        if code.trim().is_empty() {
            continue;
        }
        let Some((name, right)) = code.split_once('=') else {
            let blank = code.len() - code.trim_start().len();
            let place = field.node().place_of(start + blank);
            let problem = Problem::new(place, "a line of a rule is `name = expression`");
            let problem = problem.in_field(field.path()).with_width(code.trim().chars().count());
            field.report().push(problem.with_help("such as `theta = theta - learning_rate*g`"));
            sound = false;
            continue;
        };
        let at = start + name.len() + 1;
        let start = start + name.len() - name.trim_start().len();
        let name = name.trim();
        let fixed = (name != "theta" && OWN.contains(&name))
            || options.iter().any(|(option, _)| option == name);
        if !is_name(name) || fixed {
            field.refuse_at(start, format!("a rule can't assign to `{name}`"));
            sound = false;
        } else if list.last().is_some_and(|(last, _)| last == "theta") {
            field.refuse_at(start, "the line that gives `theta` is the last one");
            sound = false;
        }
        match parse(right) {
            Err(error) => {
                field.report().push(parse_problem(field, at, error));
                sound = false;
            }
            Ok(parsed) => {
                for mention in parsed.names.iter().filter(|one| !known.contains(&one.name)) {
                    let place = field.node().place_of(at + mention.offset);
                    let message = format!("there is nothing called `{}` here", mention.name);
                    let problem = Problem::new(place, message)
                        .in_field(field.path())
                        .with_width(mention.name.len());
                    let known = known.iter().map(String::as_str);
                    let help = nearest(&mention.name, known, "known here:");
                    field.report().push(problem.with_help(help));
                    sound = false;
                }
                if let Some(name) = of_whole_rows(&parsed.expression) {
                    let problem =
                        "a rule's functions act on each entry, or are `sum`, `mean`, `norm`";
                    field.refuse_at(at, format!("`{name}` can't stand in a rule: {problem}"));
                    sound = false;
                }
                list.push((name.to_owned(), parsed.expression));
            }
        }
        known.push(name.to_owned());
    }
    if list.last().is_none_or(|(last, _)| last != "theta") && sound {
        field.refuse("the last line of a rule gives `theta`");
        return None;
    }
    sound.then_some(list)
}

/// A function in the expression that takes rows as a whole, or is a loss.
fn of_whole_rows(expression: &Expression) -> Option<&'static str> {
    let mut found = None;
    expression.any(&mut |node| {
        if let Expression::Call(call) = node
            && (call.function.row().is_some() || call.function.total.is_some())
        {
            found = Some(call.function.called());
        }
        found.is_some()
    });
    found
}
