//! The lines of a chapter that ask for a sheet.

use crate::scenario::suggest;
use crate::sheet::Paper;

/// How a line begins that asks for a sheet.
pub(super) const OPEN: &str = "{{#gradsheet";

/// What a line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Directive<'l> {
    /// The scenario, relative to the chapter's file.
    pub(super) path: &'l str,
    /// For whom, if the line says so.
    pub(super) audience: Option<Paper>,
}

/// Reads a line that holds [`OPEN`].
pub(super) fn read(line: &str) -> Result<Directive<'_>, String> {
    let inner = line.trim().strip_prefix(OPEN).and_then(|rest| rest.strip_suffix("}}"));
    let Some(inner) = inner.filter(|inner| !inner.contains("}}")) else {
        return Err(format!(
            "a sheet stands on a line of its own, as in `{OPEN} sheets/adam.yaml}}}}`"
        ));
    };
    if !inner.starts_with(char::is_whitespace) {
        return Err(format!("`{}` is not followed by a scenario", line.trim()));
    }
    let mut path = None;
    let mut audience = None;
    for word in inner.split_whitespace() {
        match word.split_once('=') {
            None if path.is_none() => path = Some(word),
            None => return Err(format!("one scenario a line, but here is also `{word}`")),
            Some(("audience", name)) if audience.is_none() => audience = Some(paper(name)?),
            Some(("audience", _)) => return Err("`audience` stands here twice".into()),
            Some((key, _)) => {
                let meant = suggest(key, ["audience"]).map(|_| "; did you mean `audience`?");
                return Err(format!("unknown option `{key}`{}", meant.unwrap_or_default()));
            }
        }
    }
    let path = path.ok_or("the scenario is missing")?;
    Ok(Directive { path, audience })
}

/// The paper for an audience.
pub(super) fn paper(name: &str) -> Result<Paper, String> {
    let papers = [Paper::Handout, Paper::Solutions];
    papers
        .into_iter()
        .find(|paper| paper.name() == name)
        .ok_or_else(|| format!("`audience` is `handout` or `solutions`, not `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_a_scenario_and_an_audience() {
        let table = [
            ("{{#gradsheet a/b.yaml}}", Ok(("a/b.yaml", None))),
            (
                " {{#gradsheet  a.yaml   audience=solutions }} ",
                Ok(("a.yaml", Some(Paper::Solutions))),
            ),
            ("{{#gradsheet audience=handout a.yaml}}", Ok(("a.yaml", Some(Paper::Handout)))),
            ("{{#gradsheet}}", Err("`{{#gradsheet}}` is not followed by a scenario")),
            ("{{#gradsheet }}", Err("the scenario is missing")),
            ("{{#gradsheet a.yaml b.yaml}}", Err("one scenario a line, but here is also `b.yaml`")),
            (
                "{{#gradsheet a.yaml audiense=handout}}",
                Err("unknown option `audiense`; did you mean `audience`?"),
            ),
            (
                "{{#gradsheet a.yaml audience=all}}",
                Err("`audience` is `handout` or `solutions`, not `all`"),
            ),
            (
                "> {{#gradsheet a.yaml}}",
                Err("a sheet stands on a line of its own, as in `{{#gradsheet sheets/adam.yaml}}`"),
            ),
            (
                "{{#gradsheet a.yaml}} and {{#gradsheet b.yaml}}",
                Err("a sheet stands on a line of its own, as in `{{#gradsheet sheets/adam.yaml}}`"),
            ),
        ];
        for (line, expected) in table {
            let found = read(line);
            let found = found.as_ref().map(|found| (found.path, found.audience));
            assert_eq!(found.map_err(String::as_str), expected, "{line}");
        }
    }
}
