//! Lines, names and sizes that stand for several: `h_{l} = … for l in 1..depth`, `W_{l}`.

use std::collections::{BTreeMap, BTreeSet};

use crate::limits::Limit;

use super::shapes::Dimensions;

/// The end of a repeated line, `for l in 1..depth`, both ends included.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Repetition<'t> {
    /// The line without its end.
    pub(super) body: &'t str,
    /// The name that counts.
    pub(super) name: &'t str,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// The repetition of a line; an error says what is wrong from which byte on.
pub(super) fn repetition<'t>(
    code: &'t str,
    dimensions: &Dimensions,
) -> Result<Option<Repetition<'t>>, (usize, String)> {
    let Some((body, header)) = code.rsplit_once(" for ") else { return Ok(None) };
    let fail = |message: String| Err((body.len() + 1, message));
    let mut parts = header.split_whitespace();
    let (Some(name), Some("in"), Some(range), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return fail("a repeated line ends as in `for l in 1..depth`".into());
    };
    let Some((from, to)) = range.split_once("..") else {
        return fail(format!("`{range}` is no range such as `1..depth`"));
    };
    let bound = |text: &str| text.parse().ok().or_else(|| dimensions.get(text).copied());
    let (Some(from), Some(to)) = (bound(from), bound(to)) else {
        return fail(format!("the ends of `{range}` are numbers or `dimensions`"));
    };
    if from > to {
        return fail(format!("`{range}` is empty"));
    }
    if to - from >= Limit::ModelLines.count() {
        return fail(
            Limit::ModelLines.exceeded_with_advice(format!("the lines of `{range}`"), None),
        );
    }
    Ok(Some(Repetition { body, name, from, to }))
}

/// The text with `{l}`, `{l-1}` and `{l+1}` replaced by numbers.
pub(super) fn numbered(body: &str, name: &str, value: usize) -> String {
    let here = body.replace(&format!("{{{name}}}"), &value.to_string());
    let before = here.replace(&format!("{{{name}-1}}"), &value.saturating_sub(1).to_string());
    before.replace(&format!("{{{name}+1}}"), &(value + 1).to_string())
}

/// The numbers that each counting name of a model takes.
#[derive(Debug, Default)]
pub(super) struct Counters(BTreeMap<String, BTreeSet<usize>>);

impl Counters {
    /// Of all the lines of a model.
    pub(super) fn of(model: &str, dimensions: &Dimensions) -> Self {
        let mut counters = Self::default();
        for line in model.lines() {
            let code = line.split('#').next().unwrap_or_default();
            if let Ok(Some(Repetition { name, from, to, .. })) = repetition(code, dimensions) {
                counters.0.entry(name.to_owned()).or_default().extend(from..=to);
            }
        }
        counters
    }

    /// What a name such as `W_{l}` stands for, each with the number; itself if it has no braces.
    ///
    /// An error says what is wrong.
    pub(super) fn expand(&self, name: &str) -> Result<Vec<Numbered>, String> {
        let Some(counter) = counter_in(name) else {
            return Ok(vec![Numbered { name: name.to_owned(), counter: None }]);
        };
        let Some(values) = self.0.get(counter) else {
            return Err(format!(
                "`{{{counter}}}` counts nothing: no line of the model ends in `for {counter} in …`"
            ));
        };
        let one = |value: &usize| Numbered {
            name: numbered(name, counter, *value),
            counter: Some((counter.to_owned(), *value)),
        };
        Ok(values.iter().map(one).collect())
    }
}

/// One of the names that `W_{l}` stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) name: String,
    counter: Option<(String, usize)>,
}

impl Numbered {
    /// Another text in which the same name counts.
    pub(super) fn fill(&self, text: &str) -> String {
        match &self.counter {
            Some((counter, value)) => numbered(text, counter, *value),
            None => text.to_owned(),
        }
    }
}

fn counter_in(name: &str) -> Option<&str> {
    let start = name.find('{')? + 1;
    let inside = &name[start..start + name[start..].find('}')?];
    Some(inside.trim_end_matches("-1").trim_end_matches("+1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_braces_counts_as_the_model_does() {
        let dimensions = Dimensions::from([("depth".to_owned(), 3)]);
        let model = "h_{l} = relu(h_{l-1} @ W_{l}) for l in 1..depth\nz = h_3 @ V";
        let counters = Counters::of(model, &dimensions);
        let names = |key: &str| {
            let list = counters.expand(key).unwrap();
            list.into_iter().map(|one| (one.name.clone(), one.fill("k_{l-1}"))).collect::<Vec<_>>()
        };
        let pair = |name: &str, size: &str| (name.to_owned(), size.to_owned());
        let expected = [pair("W_1", "k_0"), pair("W_2", "k_1"), pair("W_3", "k_2")];
        assert_eq!(names("W_{l}"), expected);
        assert_eq!(names("V"), [pair("V", "k_{l-1}")]);
        assert!(counters.expand("W_{k}").unwrap_err().contains("for k in"));
    }
}
