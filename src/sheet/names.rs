//! What things are called on a sheet: runs, conventions, iterations, parts, callouts.

use crate::catalogue::Setting;
use crate::number::{Fault, exact_input_latex};
use crate::scenario::{Callout, Measure, Quantity, Run, RunId, Scenario, Setup};
use crate::trace::Figure;

use super::label::plain;
use super::prose::Prose;
use super::words::{listed, separator};
use super::work::Work;

/// The optimizer's name in running text.
pub(super) fn run_name(prose: &Prose, run: &Run) -> String {
    match (&run.title, &run.custom) {
        (Some(title), _) => plain(title),
        (None, Some(_)) => format!("`{}`", run.name),
        (None, None) => prose.word(&format!("optimizer_{}", run.optimizer.kind)),
    }
}

/// The optimizer's name as a heading.
pub(super) fn run_heading(prose: &Prose, run: &Run) -> String {
    match &run.title {
        Some(title) => plain(title),
        None => prose.word(&format!("optimizer_{}_title", run.optimizer.kind)),
    }
}

/// The optimizer's name, with the run's own where two of the runs would be called the same.
pub(super) fn run_title(scenario: &Scenario, prose: &Prose, id: RunId, among: &[RunId]) -> String {
    let (setup, run) = scenario.run(id);
    let name = run_name(prose, run);
    let kind = |other: RunId| {
        let run = scenario.run(other).1;
        run.title.as_deref().unwrap_or(run.optimizer.kind)
    };
    if run.title.is_some() || among.iter().filter(|other| kind(**other) == kind(id)).count() < 2 {
        return name;
    }
    let several = among.iter().any(|other| other.setup != id.setup);
    let path = if several { format!("{}.{}", setup.name, run.name) } else { run.name.clone() };
    format!("{name} (`{path}`)")
}

/// The conventions in force, as the language file words them.
pub(super) fn conventions(prose: &Prose, setup: &Setup, run: &Run) -> Vec<String> {
    let mut list = Vec::new();
    for (name, setting) in run.options.iter() {
        let Setting::Word(word) = setting else { continue };
        let own = prose.optional_word(&format!("convention_{}_{name}_{word}", run.optimizer.kind));
        let shared = || prose.optional_word(&format!("convention_{name}_{word}"));
        let text = if own.is_empty() { shared() } else { own };
        if name == "convention" && !run.set_by_convention.is_empty() {
            let set: Vec<String> =
                run.set_by_convention.iter().map(|name| format!("`{name}`")).collect();
            let blanks = [("convention", text), ("options", set.join(", "))];
            list.push(prose.say("convention_sets", &blanks));
        } else {
            list.push(text);
        }
    }
    if run.schedule.is_some() {
        list.push(prose.word("schedule"));
    }
    for (parameter, options) in &run.overrides {
        let mut changed = Vec::new();
        for (name, setting) in options.iter() {
            if let Setting::Number(number) = setting
                && run.options.number(name) != Some(number)
            {
                let value = exact_input_latex(number, prose.mark());
                changed.push(format!("${} = {value}$", setup.notation.in_rule(name)));
            }
        }
        let parameter = format!("${}$", setup.notation.latex(parameter));
        let blanks = [("parameter", parameter), ("options", listed(&changed))];
        list.push(prose.say("override", &blanks));
    }
    list.retain(|text| !text.is_empty());
    list
}

pub(super) fn iteration_title(work: &Work<'_>, prose: &Prose) -> Result<String, Fault> {
    let t = work.record.t.to_string();
    let mut data = Vec::new();
    for index in &work.record.batch {
        let row = &work.setup.data[index - 1];
        let mut entries = Vec::new();
        for (input, value) in work.setup.inputs.iter().zip(row) {
            let shown = work.numbers.given(value)?;
            entries.push(format!("{} = {}", work.setup.notation.latex(input), shown.latex()));
        }
        data.push(format!(
            "$({})$",
            entries.join(&format!(r"{} \thickspace ", separator(&entries)))
        ));
    }
    if data.is_empty() || data.len() > 3 {
        return Ok(prose.say("iteration", &[("t", t)]));
    }
    Ok(prose.say("iteration_on", &[("t", t), ("data", listed(&data))]))
}

pub(super) fn callout(kind: Callout) -> &'static str {
    match kind {
        Callout::Note => "NOTE",
        Callout::Tip => "TIP",
        Callout::Important => "IMPORTANT",
        Callout::Warning => "WARNING",
        Callout::Caution => "CAUTION",
    }
}

/// A name in plain text: `beta1` as β₁, `y_hat` as ŷ.
pub(super) fn unicode(name: &str) -> String {
    const GREEK: [(&str, &str); 12] = [
        ("alpha", "α"),
        ("beta", "β"),
        ("gamma", "γ"),
        ("delta", "δ"),
        ("epsilon", "ε"),
        ("eta", "η"),
        ("theta", "θ"),
        ("lambda", "λ"),
        ("mu", "μ"),
        ("sigma", "σ"),
        ("omega", "ω"),
        ("phi", "φ"),
    ];
    let stem_end = name.find(|letter: char| letter.is_ascii_digit() || letter == '_');
    let (stem, rest) = name.split_at(stem_end.unwrap_or(name.len()));
    let stem = GREEK.iter().find(|(word, _)| *word == stem).map_or(stem, |(_, letter)| letter);
    let rest = rest.strip_prefix('_').unwrap_or(rest);
    let subscript = |digit: char| char::from_u32(0x2080 + digit.to_digit(10)?);
    match rest {
        "" => stem.to_owned(),
        "hat" => format!("{stem}\u{302}"),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{stem}{}", digits.chars().filter_map(subscript).collect::<String>())
        }
        other => format!("{stem} {}", other.replace('_', " ")),
    }
}

/// What was measured, as the head of a column.
pub(super) fn measure_title(setup: &Setup, prose: &Prose, figure: &Figure) -> String {
    let name = format!("${}$", setup.notation.latex(&figure.of));
    if figure.measure == Quantity::GradientNorm.name() {
        let (loss, of) = (setup.notation.latex("loss"), setup.notation.latex(&figure.of));
        return format!(r"$\lVert \partial {loss}/\partial {of} \rVert$");
    }
    let word = prose.word(&format!("measure_{}", figure.measure));
    if setup.layers(false).len() > 1 { format!("{word}, {name}") } else { word }
}

/// What was measured, in plain text.
pub(super) fn measure_plain(prose: &Prose, measure: &Measure) -> String {
    let word = prose.word(&format!("measure_{}", measure.quantity.name()));
    match &measure.of {
        Some(of) => format!("{word}, {}", unicode(of)),
        None => word,
    }
}
