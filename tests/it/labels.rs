//! Numbers of questions, figures and equations: the same on both papers, in Markdown and in the
//! page, and what refers to them.

use std::path::Path;

use gradsheet::engine::execute;
use gradsheet::scenario::{Number, Scenario, Shown};
use gradsheet::sheet::{
    Elsewhere, Hidden, Links, Paper, SheetError, Solved, Target, Templates, build_among, targets,
};
use gradsheet::{Audience, Format};

use super::shipped::{self, Texts};

const HEAD: &str = "title: Numbers
setups:
  neuron:
    model: |
      z = w*x + b
      loss = z^2
    init: {w: 1, b: -1}
    data: [{x: 3}]
    iterations: 2
    optimizers:
      heavy_ball: {kind: momentum, learning_rate: 0.5}
      sgd: {kind: sgd, learning_rate: 0.5}
cells:
";

/// Counted by hand: the hidden question is 1, its equation 2, its plot figure 1; the solution's
/// equation is S1; the derivation's is 4.
const NUMBERED: &str = r"
  - markdown: |
      $$ a = 1 $$ {#first}
  - question: Hidden
    audience: solutions
    label: hidden
    parts:
      - ask: |
          $$ b = 2 $$ {#second}
        solution: |
          $$
          c = 3
          $$ {#worked}

          As in [](#worked) and [](#first).
      - plot: loss
        of: [sgd]
        label: hidden-loss
  - question: 'Shown & *plain*'
    label: shown
    parts:
      - ask: One.
        solution: '[](#hidden) says it.'
      - ask: |
          Two, by [](#third), [](#first), [](#star) and [](#graph).

          $$ d = 4 $$ {#third}

          $$ e = 5 \tag{*} $$ {#star}
        label: two
        answers: [sgd.t1.w]
  - derivation: gradients
    of: neuron
    label: derived
  - graph: neuron
    label: graph
  - table: iterations
    of: [neuron.sgd]
    audience: both
    label: table
  - markdown: |
      [](#two), [](#shown), [](#table), [so](#derived), [](#derived).
";

fn scenario(cells: &str) -> Scenario {
    shipped::read("numbers", &format!("{HEAD}{cells}"))
}

fn files(cells: &str) -> Texts {
    let templates = Templates::built_in().unwrap();
    let formats = [Format::Markdown, Format::Html];
    shipped::rendered(&scenario(cells), &templates, &formats, Audience::Both)
        .unwrap_or_else(|error| panic!("{error:?}"))
}

#[test]
fn both_papers_number_alike_in_both_formats() {
    let files = files(NUMBERED);
    // (what, in Markdown, in the page)
    let both = [
        ("$$ a = 1 \\tag{1} $$", "id=\"equation_1\""),
        ("$$ d = 4 \\tag{3} $$", "id=\"equation_3\""),
        ("\n\\tag{4}\n$$", "id=\"equation_4\""),
        ("$$ e = 5 \\tag{*} $$", "id=\"equation_tag_star\""),
        ("## 2. Shown & *plain*", "<span id=\"question_2\"></span>2. Shown"),
        ("**(b)** Two", "<p class=\"part\" id=\"question_2b\">"),
        ("[equation (3)](#2-shown--plain)", "<a href=\"#equation_3\">equation (3)</a>"),
        ("[equation (1)](#numbers)", "<a href=\"#equation_1\">equation (1)</a>"),
        ("[equation (\\*)](#2-shown--plain)", "<a href=\"#equation_tag_star\">equation (*)</a>"),
        ("[figure 2](#2-shown--plain)", "<a href=\"#figure_2\">figure 2</a>"),
        ("[Question 2 (b)](#2-shown--plain)", "<a href=\"#question_2b\">Question 2 (b)</a>"),
        ("[question 2](#2-shown--plain)", "<a href=\"#question_2\">question 2</a>"),
        ("[table 1](#2-shown--plain)", "<a href=\"#table_1\">table 1</a>"),
        ("[so](#2-shown--plain)", "<a href=\"#equation_4\">so</a>"),
        ("*Figure 2. The computation", "<figure id=\"figure_2\">"),
        ("**Table 1. ", "<p id=\"table_1\"><strong>Table 1. "),
    ];
    let solutions = [
        ("$$ b = 2 \\tag{2} $$", "id=\"equation_2\""),
        ("> c = 3\n> \\tag{S1}\n> $$", "id=\"equation_S1\""),
        ("[equation (S1)](#1-hidden)", "<a href=\"#equation_S1\">equation (S1)</a>"),
        ("[Question 1](#1-hidden)", "<a href=\"#question_1\">Question 1</a>"),
        ("*Figure 1. The loss", "<figure id=\"figure_1\">"),
    ];
    for paper in ["handout", "solutions"] {
        let (markdown, page) = (&files[&format!("{paper}.md")], &files[&format!("{paper}.html")]);
        for (inside, in_page) in both {
            assert!(markdown.contains(inside), "{paper}: {inside} in {markdown}");
            assert!(page.contains(in_page), "{paper}: {in_page} in {page}");
        }
        for (inside, in_page) in solutions {
            let expected = paper == "solutions";
            assert_eq!(markdown.contains(inside), expected, "{paper}: {inside} in {markdown}");
            assert_eq!(page.contains(in_page), expected, "{paper}: {in_page} in {page}");
        }
        assert!(!page.contains("\\tag") && !markdown.contains("{#"), "{paper}");
        assert!(!markdown.contains(['\u{e002}', '\u{e003}', '\u{e004}']), "{paper}");
    }
}

/// Every link within a page leads to an identifier that is there once.
#[test]
fn no_link_dangles() {
    let mut papers: Vec<Texts> = vec![files(NUMBERED)];
    let templates = Templates::built_in().unwrap();
    for (stem, text) in shipped::scenarios() {
        papers.push(shipped::render_for(&stem, &text, &templates, &[Format::Html], Audience::Both));
    }
    let mut count = 0;
    for (name, page) in papers.iter().flatten().filter(|(name, _)| name.ends_with(".html")) {
        for link in page.split("<a href=\"#").skip(1) {
            let anchor = link.split('"').next().unwrap();
            let there = page.matches(&format!(" id=\"{anchor}\"")).count();
            assert_eq!(there, 1, "{name}: #{anchor}");
            count += 1;
        }
    }
    assert!(count >= 10, "only {count} links");
}

#[test]
fn labels_are_known_without_executing_anything() {
    let templates = Templates::built_in().unwrap();
    let found = targets(&scenario(NUMBERED), templates.words("en").unwrap());
    let found: Vec<_> = found
        .iter()
        .map(|one| (one.name.as_str(), one.printed.as_str(), one.anchor.as_str(), one.shown))
        .collect();
    let both = Shown::EVERYWHERE;
    let solutions = Shown { handout: false, solutions: true };
    let expected = [
        ("first", "equation (1)", "equation_1", both),
        ("hidden", "question 1", "question_1", solutions),
        ("second", "equation (2)", "equation_2", solutions),
        ("worked", "equation (S1)", "equation_S1", solutions),
        ("hidden-loss", "figure 1", "figure_1", solutions),
        ("shown", "question 2", "question_2", both),
        ("two", "question 2 (b)", "question_2b", both),
        ("third", "equation (3)", "equation_3", both),
        ("star", "equation (\\*)", "equation_tag_star", both),
        ("derived", "equation (4)", "equation_4", both),
        ("graph", "figure 2", "figure_2", both),
        ("table", "table 1", "table_1", both),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_text_to_another_sheet_is_a_link_to_its_paper() {
    let files = files(
        "  - markdown: 'See [momentum](../week2/momentum.yaml#x \"M\"), [web](https://e.org/a.yaml).'\n",
    );
    for paper in ["handout", "solutions"] {
        let (markdown, page) = (&files[&format!("{paper}.md")], &files[&format!("{paper}.html")]);
        assert!(
            markdown.contains(&format!("[momentum](../momentum/{paper}.md \"M\")")),
            "{markdown}"
        );
        assert!(
            page.contains(&format!("<a href=\"../momentum/{paper}.html\" title=\"M\">")),
            "{page}"
        );
        assert!(page.contains("href=\"https://e.org/a.yaml\""), "{page}");
    }
}

/// A site of two sheets.
struct Site;

impl Links for Site {
    fn sheet(&self, path: &str, paper: Paper) -> Option<Elsewhere> {
        let target = |name: &str, number: Number, shown| Target {
            name: name.into(),
            printed: String::new(),
            anchor: number.anchor(),
            number,
            shown,
        };
        let hidden = Shown { handout: false, solutions: true };
        (path == "momentum.yaml").then(|| Elsewhere {
            title: "Momentum & *more*".into(),
            html: format!("momentum-{}.html", paper.name()),
            markdown: "momentum.md".into(),
            labels: vec![
                target("rule", Number::Equation("2".into()), Shown::EVERYWHERE),
                target("hidden", Number::Figure(3), hidden),
            ],
        })
    }

    fn known(&self) -> Vec<String> {
        vec!["momentum.yaml".into()]
    }
}

fn among(cells: &str) -> Result<gradsheet::sheet::Sheet, SheetError> {
    let scenario = scenario(cells);
    let trace = execute(&scenario).unwrap();
    let templates = Templates::built_in().unwrap();
    build_among(
        Solved::new(&scenario, &trace),
        &templates,
        Paper::Handout,
        Hidden::Checked,
        Some(&Site),
    )
}

#[test]
fn a_site_gives_links_their_words() {
    let cells = "  - markdown: 'By [](momentum.yaml#rule), see [](momentum.yaml) and [that](momentum.yaml#rule); [](numbers.yaml#eq). $$ a $$ {#eq}'\n";
    let sheet = among(cells).unwrap();
    for part in [
        "[equation (2) of “Momentum \\& \\*more\\*”](momentum.md)",
        "[Momentum \\& \\*more\\*](momentum.md)",
        "[that](momentum.md)",
        "[equation (1)](#numbers)",
    ] {
        assert!(sheet.markdown.contains(part), "{part} in {}", sheet.markdown);
    }
    let destinations: Vec<&str> = sheet.places.destinations.values().map(String::as_str).collect();
    let rule = "momentum-handout.html#equation_2";
    assert_eq!(destinations, [rule, "momentum-handout.html", rule, "#equation_1"]);
}

#[test]
fn a_site_knows_what_is_missing() {
    let table = [
        ("momentun.yaml", "there is no sheet `momentun.yaml`", "`momentum.yaml`"),
        ("momentum.yaml#rul", "no label `rul` in `momentum.yaml`", "`#rule`"),
        ("momentum.yaml#hidden", "`hidden` stands on the solutions alone", "both papers"),
    ];
    for (destination, message, help) in table {
        let error = among(&format!("  - markdown: 'See [this]({destination}).'\n")).unwrap_err();
        let SheetError::Texts(problems) = error else { panic!("{destination}: {error}") };
        let [problem] = problems.as_slice() else { panic!("{destination}: {problems:?}") };
        assert!(problem.message.contains(message), "{}", problem.message);
        assert!(problem.help.as_deref().unwrap().contains(help), "{:?}", problem.help);
        assert_eq!((problem.place.line, problem.place.column), (14, 20), "{destination}");
    }
}

/// A template that leaves out what is referred to is an error, not a dead link.
#[test]
fn a_template_keeps_what_is_referred_to() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("question.md"), "## {{ question.number }}\n").unwrap();
    let templates = Templates::with_folder(folder.path()).unwrap();
    let text = format!("{HEAD}  - markdown: 'See [](#one).'\n  - question: One\n    label: one\n");
    let scenario = gradsheet::scenario::read(Path::new("a.yaml"), &text).unwrap();
    let error = shipped::rendered(&scenario, &templates, &[Format::Html], Audience::Handout);
    let gradsheet::RenderError::Texts(problems) = error.unwrap_err() else { panic!() };
    assert!(problems[0].message.contains("`one` is referred to"), "{problems:?}");
}
