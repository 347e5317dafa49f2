//! Papers as PDF, through the library and the command line: `cargo test --features pdf --test pdf`.
//!
//! What a reader sees in them is compared with the rest by `papers.py`.

#![allow(clippy::unwrap_used, reason = "clippy allows it in tests, but not in their helpers")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gradsheet::publish::pdf::{Joined, Sides};
use gradsheet::sheet::Templates;
use gradsheet::{Audience, Files, Format, RenderError, scenario};

const NEURON: &str = "
title: One step
setups:
  neuron:
    model: |
      y_hat = relu(w*x + b)
      loss = 1/2 * (y_hat - y)^2
    init: {w: 1, b: -1}
    data: [{x: 3, y: 0}]
    iterations: 1
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.5}
";

fn with_cells(cells: &str) -> String {
    format!("{NEURON}cells:\n{cells}")
}

fn render_with(text: &str, templates: &Templates) -> Result<Files, RenderError> {
    let scenario = scenario::read("neuron.yaml".as_ref(), text).map_err(|e| panic!("{e}")).unwrap();
    gradsheet::render(&scenario, templates, &[Format::Pdf], Audience::Both)
}

fn render(text: &str) -> Files {
    render_with(text, &Templates::built_in().unwrap()).unwrap()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// The pages that the root of a document's pages counts.
fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    let counts = text.split("/Type/Pages").skip(1);
    let count = |part: &str| {
        let digits = part.split("/Count ").nth(1)?;
        digits.split(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok()
    };
    // The root of a joined file counts all of them.
    counts.filter_map(count).max().unwrap()
}

fn shipped() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut paths: Vec<PathBuf> = [folder.join("course"), folder]
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .filter(|path| !path.ends_with("gradsheet.yaml"))
        .collect();
    paths.sort();
    let text = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path.file_stem().unwrap().to_str().unwrap().to_owned(), text)
    };
    paths.into_iter().map(text).collect()
}

fn gradsheet(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gradsheet"));
    command.args(arguments).current_dir(folder).output().unwrap()
}

#[test]
fn formulas_without_words_are_set_too() {
    // A space, a comment and a comma are formulas, and a paper with an equation without words is none.
    let cells = "- markdown: 'A $\\quad$, $%3$, $,$ and $\\mathrm{}$ b.'\n\
                 - markdown: |\n    $$\n    \\quad\n    $$\n";
    assert!(!render(&with_cells(cells)).is_empty());
}

#[test]
fn papers_are_tagged_and_named_and_carry_no_date() {
    let files = render(NEURON);
    assert_eq!(files.keys().collect::<Vec<_>>(), ["handout.pdf", "solutions.pdf"]);
    for (name, pdf) in &files {
        assert!(pdf.starts_with(b"%PDF-1.7"), "{name}");
        for there in ["/StructTreeRoot", "/Lang(en)", "<pdfuaid:part>1", "One step"] {
            assert!(contains(pdf, there), "{name} lacks {there}");
        }
        for never in ["CreationDate", "ModDate", "xmp:CreateDate", "/JavaScript", "/URI"] {
            assert!(!contains(pdf, never), "{name} has {never}");
        }
    }
}

#[test]
fn the_same_scenario_gives_the_same_bytes_on_any_thread() {
    let first = render(NEURON);
    let others: Vec<Files> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(|| render(NEURON))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(others.iter().all(|files| *files == first));
    let other = render(&NEURON.replace("w: 1", "w: 2"));
    assert_ne!(other["solutions.pdf"], first["solutions.pdf"]);
}

/// Replaces what belongs to solutions, wherever it stands in the cells.
fn without_solutions(yaml: &mut serde_yaml::Value) {
    match yaml {
        serde_yaml::Value::Mapping(map) => {
            for key in ["mistakes", "answers"] {
                map.remove(key);
            }
            if map.contains_key("ask") || map.contains_key("solution") {
                map.insert("solution".into(), "Another one.".into());
            }
            map.iter_mut().for_each(|(_, inner)| without_solutions(inner));
        }
        serde_yaml::Value::Sequence(list) => list.iter_mut().for_each(without_solutions),
        _ => {}
    }
}

#[test]
fn solutions_leave_no_trace_in_a_handout() {
    let mut compared = 0;
    for (stem, text) in shipped() {
        let handout = |text: &str| {
            let scenario = scenario::read(format!("{stem}.yaml").as_ref(), text).unwrap();
            let templates = Templates::built_in().unwrap();
            let files = gradsheet::render(&scenario, &templates, &[Format::Pdf], Audience::Handout);
            files.unwrap().remove("handout.pdf").unwrap()
        };
        let mut yaml: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
        let written = serde_yaml::to_string(&yaml).unwrap();
        if let Some(cells) = yaml.get_mut("cells") {
            without_solutions(cells);
        }
        let changed = serde_yaml::to_string(&yaml).unwrap();
        if written != changed {
            assert!(handout(&written) == handout(&changed), "{stem}");
            compared += 1;
        }
    }
    assert!(compared > 4);
}

#[test]
fn nothing_in_a_text_is_obeyed() {
    let evil = with_cells(
        "  - markdown: |\n      \
         #panic(\"no\") #read(\"/etc/passwd\") $x$ @label <label> = Heading\n\n      \
         ```typst\n      #panic()\n      ```\n\n      \
         [a](javascript:alert(1)) <script>alert(1)</script> ![b](http://example.org/c.png)\n",
    )
    .replace("One step", "'#panic() \"] $x$ One step'");
    let files = render(&evil);
    assert!(!contains(&files["handout.pdf"], "javascript:"));
    assert!(!contains(&files["handout.pdf"], "example.org"));
}

#[test]
fn a_paper_is_laid_out_as_it_is_asked_for() {
    let with = |paper: &str| render(&format!("paper: {paper}\n{NEURON}"))["handout.pdf"].clone();
    // In points: 210 and 297 mm; 8.5 and 11 in.
    let table = [
        ("{}", "/MediaBox[0 0 595.2756 841.8898"),
        ("{size: letter}", "/MediaBox[0 0 612 792]"),
        ("{archival: true}\ndate: 2026-12-01", "<pdfaid:part>2"),
    ];
    for (paper, there) in table {
        assert!(contains(&with(paper), there), "{paper} lacks {there}");
    }
    let undated = format!("paper: {{archival: true}}\ndate: soon\n{NEURON}");
    let error = render_with(&undated, &Templates::built_in().unwrap()).unwrap_err();
    assert!(matches!(error, RenderError::Texts(list) if list[0].message.contains("have a date")));
    let plain = with("{}");
    let others = [
        "{columns: 2}",
        "{font_size: 9pt}",
        "{header: Deep Learning}",
        "{footer: No calculator}",
        "{exam: true}",
    ];
    for other in others {
        assert_ne!(with(other), plain, "{other}");
    }
    // A name and room for marks belong on the handout alone.
    let solutions =
        |paper: &str| render(&format!("paper: {paper}\n{NEURON}"))["solutions.pdf"].clone();
    assert_eq!(solutions("{exam: true}"), solutions("{}"));
}

#[test]
fn room_to_write_and_new_pages_take_their_place() {
    let part =
        "  - question: Q\n    parts:\n      - ask: Why?\n        marks: 1\n        space: 20cm\n";
    let one = render(&with_cells(part));
    let three = render(&with_cells(&part.repeat(3)));
    assert_eq!((pages(&one["handout.pdf"]), pages(&three["handout.pdf"])), (1, 3));
    let page = "  - markdown: A\n  - page: Formula sheet\n  - rules: [neuron.sgd]\n";
    let files = render(&with_cells(page));
    assert_eq!((pages(&files["handout.pdf"]), pages(&files["solutions.pdf"])), (2, 2));
}

#[test]
fn a_users_preamble_and_template_hold_and_what_is_wrong_with_them_is_placed() {
    let folder = tempfile::tempdir().unwrap();
    let with = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        let made = render_with(NEURON, &Templates::with_folder(folder.path()).unwrap());
        std::fs::remove_file(folder.path().join(name)).unwrap();
        made
    };
    let large = with("preamble.typ", "#set page(width: 30cm)\n").unwrap();
    // 30 cm in points.
    assert!(contains(&large["handout.pdf"], "/MediaBox[0 0 850.3937"));
    let built_in = include_str!("../../templates/paper.typ");
    let other = built_in.replace("Page << page >>", "P").replace("22mm", "50mm");
    assert_ne!(with("paper.typ", &other).unwrap(), render(NEURON));
    let table = [
        (
            "preamble.typ",
            "#set text(10pt)\n  #unknown()\n",
            "preamble.typ:2:4: unknown variable: unknown",
        ),
        ("preamble.typ", "#set text(\n", "preamble.typ:1:10: unclosed delimiter"),
        ("preamble.typ", "#read(\"/etc/passwd\")\n", "preamble.typ:1:7: file not found"),
        ("preamble.typ", "#import \"@preview/a:1.0.0\"\n", "preamble.typ:1:9: "),
        ("paper.typ", "#let paper(body) = body\n#foo\n", "paper.typ:2:2: unknown variable: foo"),
    ];
    for (name, text, expected) in table {
        let message = with(name, text).unwrap_err().to_string();
        assert!(message.contains(expected), "{expected} in {message}");
    }
}

#[test]
fn a_character_that_no_font_has_is_an_error() {
    let message = render_with(
        &with_cells("  - markdown: |\n      \u{13000}\n"),
        &Templates::built_in().unwrap(),
    );
    let message = message.unwrap_err().to_string();
    assert!(message.contains("`\u{13000}` is in none of the fonts"), "{message}");
}

#[test]
fn what_is_nested_too_deep_is_an_error() {
    for deep in [">".repeat(3000) + " a", "*".repeat(2000) + "a" + &"*".repeat(2000)] {
        let text = with_cells(&format!("  - markdown: |\n      {deep}\n"));
        let message = render_with(&text, &Templates::built_in().unwrap()).unwrap_err().to_string();
        assert!(message.contains("too deep within each other"), "{message}");
    }
}

#[test]
fn a_formula_that_papers_cannot_show_is_an_error_at_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let text = with_cells("  - markdown: |\n      So $\\genfrac(){2pt}{}{a}{b}$.\n");
    std::fs::write(folder.path().join("a.yaml"), text).unwrap();
    let html = gradsheet(folder.path(), &["render", "a.yaml", "--to", "html"]);
    assert_eq!(html.status.code(), Some(0));
    let pdf = gradsheet(folder.path(), &["render", "a.yaml", "--to", "pdf", "-o", "new"]);
    let said = String::from_utf8(pdf.stderr).unwrap();
    assert_eq!(pdf.status.code(), Some(2), "{said}");
    assert!(
        said.starts_with("a.yaml:15:10: cells[1].markdown: this formula can't be set: "),
        "{said}"
    );
    assert!(!folder.path().join("new").exists());
}

#[test]
fn a_logo_brings_nothing_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let logo = "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
                width=\"20\" height=\"9\"><rect width=\"20\" height=\"9\" fill=\"#00f\"/>\
                <image width=\"9\" height=\"9\" xlink:href=\"/etc/passwd\"/></svg>";
    std::fs::write(folder.path().join("logo.svg"), logo).unwrap();
    let text = format!("paper: {{logo: logo.svg, header: A}}\n{NEURON}");
    std::fs::write(folder.path().join("a.yaml"), text).unwrap();
    let done = gradsheet(folder.path(), &["render", "a.yaml", "--to", "pdf"]);
    let said = String::from_utf8(done.stderr).unwrap();
    // It is shown without the file, or refused; it never reads one.
    assert!(matches!(done.status.code(), Some(0 | 2)), "{said}");
    let plain = logo.replace("xlink:href=\"/etc/passwd\"", "");
    std::fs::write(folder.path().join("logo.svg"), plain).unwrap();
    let done = gradsheet(folder.path(), &["render", "a.yaml", "--to", "pdf"]);
    assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn joined_papers_begin_on_sheets_of_their_own() {
    let one = render(NEURON)["handout.pdf"].clone();
    let cells = "  - markdown: A\n  - page: B\n  - page: C\n";
    let three = render(&with_cells(cells))["handout.pdf"].clone();
    assert_eq!((pages(&one), pages(&three)), (1, 3));
    let joined = |sides| {
        let mut joined = Joined::new(Vec::new(), sides).unwrap();
        for (index, pdf) in [&one, &three, &one].into_iter().enumerate() {
            joined.add(&format!("paper {index}"), pdf).unwrap();
        }
        joined.finish("All", "en").unwrap()
    };
    assert_eq!((pages(&joined(Sides::One)), pages(&joined(Sides::Both))), (5, 8));
    let both = joined(Sides::Both);
    assert_eq!(both, joined(Sides::Both));
    // Every object stands where the table says.
    let text = String::from_utf8_lossy(&both);
    let start: usize =
        text.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
    let table = String::from_utf8_lossy(&both[start..]).into_owned();
    let places = table.lines().skip(3).take_while(|line| line.ends_with(" n "));
    let mut found = 0;
    for (index, line) in places.enumerate() {
        let place: usize = line[..10].parse().unwrap();
        let head = format!("{} 0 obj\n", index + 1);
        assert!(both[place..].starts_with(head.as_bytes()), "object {}", index + 1);
        found += 1;
    }
    assert!(found > 50);
    assert!(Joined::new(Vec::new(), Sides::One).unwrap().add("x", b"no PDF").is_err());
}

#[test]
fn a_site_has_papers_beside_its_pages_and_none_too_early() {
    let folder = tempfile::tempdir().unwrap();
    let course = folder.path().join("course");
    std::fs::create_dir_all(course.join("week")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(course.join(name), text).unwrap();
    write("gradsheet.yaml", "title: C\npaper: {size: letter}\n");
    write("week/sgd.yaml", NEURON);
    write("late.yaml", &format!("release: 2030-01-01\n{NEURON}"));
    let build = |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gradsheet"));
        command.args(["site", "course", "--to", "html,pdf", "-o", "site"]).args(more);
        command.current_dir(folder.path()).env("XDG_CACHE_HOME", folder.path().join("cache"));
        let done = command.output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    };
    let read = |name: &str| std::fs::read(folder.path().join("site").join(name)).ok();
    build(&[]);
    let first = read("week/sgd-solutions.pdf").unwrap();
    assert!(contains(&first, "/MediaBox[0 0 612 792]"), "the course's paper");
    assert!(contains(&read("week/sgd.html").unwrap(), "href=\"sgd-handout.pdf\""));
    assert!(read("late-handout.pdf").is_some() && read("late-solutions.pdf").is_none());
    // Nothing is made again; a paper that was lost or changed comes back.
    std::fs::write(folder.path().join("site/week/sgd-handout.pdf"), "x").unwrap();
    let said = build(&["--explain"]);
    assert!(said.lines().all(|line| line.ends_with(": kept")), "{said}");
    assert!(read("week/sgd-handout.pdf").unwrap().starts_with(b"%PDF"));
    assert_eq!(read("week/sgd-solutions.pdf").unwrap(), first);
    build(&["--as-of", "2030-01-01"]);
    assert!(read("late-solutions.pdf").is_some());
    build(&["--audience", "handout"]);
    assert!(read("week/sgd-solutions.pdf").is_none(), "what is no part of the site goes");
}

#[test]
fn variants_are_printed_one_by_one_or_together() {
    let folder = tempfile::tempdir().unwrap();
    let exam = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/exam-initialization.yaml");
    let exam = exam.to_str().unwrap();
    let run = |more: &[&str]| {
        let arguments = [&["variants", exam, "--count", "3", "-o", "out"], more].concat();
        gradsheet(folder.path(), &arguments)
    };
    let variants = folder.path().join("out/exam-initialization/variants");
    assert_eq!(run(&["--to", "pdf"]).status.code(), Some(0));
    let second = std::fs::read(variants.join("variant-002/handout.pdf")).unwrap();
    assert!(contains(&second, "%PDF"));
    assert_eq!(run(&["--to", "pdf", "--only", "2"]).status.code(), Some(0));
    assert_eq!(std::fs::read(variants.join("variant-002/handout.pdf")).unwrap(), second);
    assert_eq!(run(&["--to", "pdf,html", "--join"]).status.code(), Some(0));
    let handouts = std::fs::read(variants.join("handouts.pdf")).unwrap();
    assert_eq!(pages(&handouts) % 2, 0);
    assert!(variants.join("variant-002/handout.html").exists());
    assert!(!variants.join("variant-002/handout.pdf").exists());
    let wrong = run(&["--join"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("does not ask for `pdf`"));
}
