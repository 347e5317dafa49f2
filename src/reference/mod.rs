#![doc = include_str!("catalogue.md")]

mod custom;
mod data;
mod entry;
mod functions;
mod gradients;
mod initializers;
mod markdown;
mod optimizers;
mod plain;
mod rules;
mod schedules;
mod text;

use crate::formula::suggest;

use entry::{Entry, Family};
use markdown::{Depth, Formulas};

/// How the catalogue is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Plain text, with formulas as in a scenario.
    Text,
    /// Markdown, with formulas as in a scenario, and as LaTeX between dollar signs.
    Markdown,
    /// Markdown without LaTeX, for readers that do not set it.
    CommonMark,
}

/// The whole catalogue: as text a line for each kind, otherwise everything.
pub fn overview(style: Style) -> String {
    match style {
        Style::Text => text::overview(&families()),
        Style::Markdown => markdown::page(&families(), Formulas::Latex),
        Style::CommonMark => markdown::page(&families(), Formulas::Code),
    }
}

/// All about the kinds of one name; the nearest name if there is none of that name.
///
/// # Errors
///
/// The name that was probably meant.
pub fn entry(name: &str, style: Style) -> Result<String, Option<String>> {
    let families = families();
    let kinds = || families.iter().flat_map(|family| &family.entries);
    let found: Vec<&Entry> = kinds().filter(|entry| entry.kind == name).collect();
    if found.is_empty() {
        return Err(suggest(name, kinds().map(|entry| entry.kind)).map(str::to_owned));
    }
    let written = found.into_iter().map(|entry| match style {
        Style::Text => text::entry(entry),
        Style::Markdown => markdown::entry(entry, Depth::Alone, Formulas::Latex),
        Style::CommonMark => markdown::entry(entry, Depth::Alone, Formulas::Code),
    });
    Ok(written.collect::<Vec<_>>().join("\n"))
}

/// Every kind of the catalogue, by where it stands in a scenario.
fn families() -> Vec<Family> {
    vec![
        optimizers::family(),
        schedules::family(),
        gradients::clipping(),
        gradients::weight_decay(),
        functions::family(),
        initializers::family(),
        data::family(),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::catalogue::{self, CLIPS, DECAYS, SCHEDULES};
    use crate::formula::function;
    use crate::initialization::data::GENERATORS;
    use crate::initialization::kinds::KINDS;

    fn explained(name: &str) -> String {
        entry(name, Style::Text).unwrap_or_else(|_| panic!("{name} is not there"))
    }

    #[test]
    fn every_kind_is_listed_and_explained() {
        let all = overview(Style::Text);
        let page = overview(Style::Markdown);
        let kinds = catalogue::optimizers().iter().map(|optimizer| optimizer.kind);
        let kinds = kinds.chain(function::all().iter().map(|function| function.called()));
        let kinds = kinds.chain(KINDS.iter().map(|kind| kind.name));
        let kinds = kinds.chain(SCHEDULES.iter().map(|(kind, _)| *kind)).chain(["warmup"]);
        let kinds = kinds.chain(CLIPS).chain(DECAYS.iter().map(|(kind, _)| *kind));
        for kind in kinds.chain(GENERATORS.iter().map(|kind| kind.name)).chain(["csv"]) {
            assert!(all.lines().any(|line| line.split_whitespace().next() == Some(kind)), "{kind}");
            assert!(explained(kind).starts_with(kind), "{kind}");
            assert!(page.contains(&format!("\n### `{kind}")), "{kind}");
        }
        assert_eq!(entry("adaam", Style::Text), Err(Some("adam".into())));
        assert_eq!(entry("two_moon", Style::Text), Err(Some("two_moons".into())));
    }

    #[test]
    fn a_name_of_several_kinds_shows_all_of_them() {
        let mut named: BTreeMap<&str, usize> = BTreeMap::new();
        for entry in families().iter().flat_map(|family| &family.entries) {
            *named.entry(entry.kind).or_default() += 1;
        }
        let several: Vec<&str> =
            named.iter().filter(|(_, count)| **count > 1).map(|(name, _)| *name).collect();
        assert_eq!(several, ["constant", "gelu", "linear", "norm", "uniform"]);
        let uniform = explained("uniform");
        assert!(uniform.contains("uniform, an initializer"), "{uniform}");
        assert!(uniform.contains("uniform, a generator of data"), "{uniform}");
    }

    #[test]
    fn a_convention_is_told_by_the_lines_that_it_changes() {
        let adam = explained("adam");
        for line in [
            "u = beta1*u + (1 - beta1)*g",
            "    inside:\n      theta = theta - learning_rate*(u_hat/sqrt(v_hat + epsilon))\n",
            "  beta1              decay rate of the first moment u\n",
            "                     from 0 to below 1; default 0.9\n",
            "  keras              epsilon: 1e-7, epsilon_place: hat, weight decay decoupled\n",
            "  pytorch            the defaults\n",
        ] {
            assert!(adam.contains(line), "{line} in\n{adam}");
        }
    }

    #[test]
    fn an_option_that_acts_beside_another_is_told_with_it() {
        let table = [
            ("momentum", "above 0, with form: heavy_ball:\n      u = beta*u + (1 - dampening)*g\n"),
            ("momentum", "      in the first iteration: u = beta*u + g\n"),
            (
                "momentum",
                "    lookahead:\n      the gradient is taken at theta - learning_rate*beta*u\n",
            ),
            (
                "rmsprop",
                "    inside, with momentum above 0:\n      u = momentum*u + learning_rate*",
            ),
            ("adam", "      v_max starts at 0: the largest second moment so far\n"),
        ];
        for (kind, words) in table {
            let text = explained(kind);
            assert!(text.contains(words), "{words} in\n{text}");
        }
    }

    #[test]
    fn schedules_are_told_by_the_lines_that_the_engine_runs() {
        let table = [
            ("step", "rate = learning_rate*gamma^floor(k/size)"),
            (
                "cosine",
                "rate = minimum + 1/2*(learning_rate - minimum)*(1 + cos(pi*min(k, period)/period))",
            ),
            ("warmup", "rate = learning_rate*(start + (1 - start)*(k/period)) if k < period else"),
            ("multistep", "learning_rate*gamma if k < milestone_2 else learning_rate*gamma^2"),
            (
                "piecewise",
                "rate = rate_1 if k < milestone_1 else rate_2 if k < milestone_2 else rate_3",
            ),
            ("global_norm", "g_clip = g if G <= clip_at else clip_at/G*g"),
            ("coupled", "g_decay = g + weight_decay*theta"),
            ("decoupled", "theta = theta - learning_rate*g - learning_rate*weight_decay*theta"),
            ("inside", "r = u_hat/(sqrt(v_hat) + epsilon) + weight_decay*theta"),
        ];
        for (kind, line) in table {
            let text = explained(kind);
            assert!(text.contains(line), "{line} in\n{text}");
        }
    }
}
