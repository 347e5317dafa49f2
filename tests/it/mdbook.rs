//! The preprocessor for mdBook, driven with what mdBook 0.5.4 sends for a book of five chapters
//! (`tests/fixtures/mdbook/0.5.json`; the book's folder is `ROOT` there). mdBook itself runs in
//! `tests/mdbook/run.sh`.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::shipped;

const NEURON: &str = "title: One neuron
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

/// The folder of a book with a scenario in it, and beside it one that is not the book's.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("book/src");
    std::fs::create_dir_all(source.join("part")).unwrap();
    std::fs::write(source.join("neuron.yaml"), NEURON).unwrap();
    std::fs::write(source.join("wrong.yaml"), NEURON.replace("relu", "rely")).unwrap();
    std::fs::write(folder.path().join("book/secret.yaml"), NEURON).unwrap();
    folder
}

/// What mdBook sends for the book of a folder.
fn recorded(folder: &TempDir) -> Value {
    let text = std::fs::read_to_string(shipped::folder("tests/fixtures/mdbook/0.5.json")).unwrap();
    let mut input: Value = serde_json::from_str(&text).unwrap();
    input[0]["root"] = json!(folder.path().join("book"));
    input
}

struct Done {
    status: Option<i32>,
    out: String,
    err: String,
}

fn run(arguments: &[&str], input: &str, folder: &Path) -> Done {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gradsheet"));
    command.args(arguments).current_dir(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Done {
        status: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[track_caller]
fn book(input: &Value, folder: &TempDir) -> Value {
    let done = run(&["mdbook"], &input.to_string(), folder.path());
    assert_eq!((done.status, done.err.as_str()), (Some(0), ""));
    serde_json::from_str(&done.out).unwrap()
}

/// The messages for a chapter of this content, whose file is `part/README.md`.
fn messages(content: &str) -> String {
    let folder = folder();
    let mut input = recorded(&folder);
    input[1]["items"][2]["Chapter"]["sub_items"][0]["Chapter"]["content"] = json!(content);
    let done = run(&["mdbook"], &input.to_string(), folder.path());
    assert_eq!((done.status, done.out.as_str()), (Some(2), ""), "{}", done.err);
    done.err
}

#[test]
fn renderers_that_show_html_are_supported() {
    let folder = folder();
    for (renderer, status) in [("html", 0), ("markdown", 0), ("latex", 1), ("", 1)] {
        let done = run(&["mdbook", "supports", renderer], "", folder.path());
        assert_eq!((done.status, done.out, done.err), (Some(status), String::new(), String::new()));
    }
}

#[test]
fn a_line_becomes_its_sheet_and_nothing_else_changes() {
    let folder = folder();
    let input = recorded(&folder);
    let mut output = book(&input, &folder);
    let one = output[r"items"][2]["Chapter"]["content"].as_str().unwrap().to_owned();
    let (head, rest) = one.split_once("\n\n<div class=\"gradsheet").unwrap();
    let (sheet, tail) = rest.split_once("\n\n").unwrap();
    assert_eq!(head, "# One\n\nBefore.\n\n## Sheets\n");
    assert_eq!(
        tail.trim_start(),
        "After `{{#gradsheet x.yaml}}`.\n\n```text\n{{#gradsheet x.yaml}}\n```\n"
    );
    assert!(sheet.ends_with("</div>") && !sheet.contains('\n'));
    // Below a heading of the second level, and a handout as the line says.
    assert!(sheet.contains("<h3 id=\"sheet_2_1_one-neuron\">"), "{sheet}");
    assert!(!sheet.contains("Worked solutions") && sheet.contains("<math"));

    // Two sheets of one chapter, by the path of its source and the audience of book.toml.
    let two = output["items"][2]["Chapter"]["sub_items"][0]["Chapter"]["content"].as_str().unwrap();
    assert_eq!(two.matches("Worked solutions").count(), 2);
    assert_eq!(two.matches("<h2 id=").count(), 2);
    let ids: Vec<&str> =
        two.split(" id=\"").skip(1).map(|id| id.split('"').next().unwrap()).collect();
    let distinct: std::collections::BTreeSet<&&str> = ids.iter().collect();
    assert!(ids.len() > 10 && ids.len() == distinct.len(), "{ids:?}");
    assert!(two.lines().filter(|line| line.contains("<div")).all(|line| line.ends_with("</div>")));

    // With those two contents as they were, it is the book that came in.
    let mut expected = input[1].clone();
    for book in [&mut output, &mut expected] {
        book["items"][2]["Chapter"]["content"] = json!("");
        book["items"][2]["Chapter"]["sub_items"][0]["Chapter"]["content"] = json!("");
    }
    assert_eq!(output, expected);
}

/// mdBook 0.4 calls the items sections, and has a field more.
#[test]
fn books_of_an_older_mdbook_are_read_as_well() {
    let folder = folder();
    let input = recorded(&folder);
    let mut older = input.clone();
    older[0]["mdbook_version"] = json!("0.4.52");
    older[0]["config"]["book"]["src"] = json!("src");
    older[1] = json!({ "sections": input[1]["items"], "__non_exhaustive": null });
    let (new, old) = (book(&input, &folder), book(&older, &folder));
    assert_eq!(new["items"], old["sections"]);
    assert_eq!(old["__non_exhaustive"], Value::Null);
    assert!(old.get("items").is_none());
}

#[test]
fn everything_wrong_is_said_with_chapter_and_line() {
    let text =
        "# Two\n{{#gradsheet ../wrong.yaml}}\n\n{{#gradsheet ../none.yaml}}\n> {{#gradsheet a}}\n";
    let err = messages(text);
    for part in [
        "src/part/README.md:2: in this sheet:\n",
        "wrong.yaml:5:15: setups.neuron.model: ",
        "`rely`",
        "src/part/README.md:4: `../none.yaml` can't be read: ",
        "src/part/README.md:5: a sheet stands on a line of its own",
    ] {
        assert!(err.contains(part), "{part}\n{err}");
    }
}

#[test]
fn no_path_leads_out_of_the_source_folder() {
    let out = "leads out of the book's source folder";
    for (path, message) in [
        ("../../secret.yaml", out),
        ("../../../book/src/neuron.yaml", out),
        ("/etc/passwd", "is not relative to the chapter's file"),
    ] {
        let err = messages(&format!("{{{{#gradsheet {path}}}}}\n"));
        assert!(err.contains(&format!("README.md:1: `{path}` {message}")), "{err}");
    }
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_source_folder() {
    let folder = folder();
    let book = folder.path().join("book");
    std::os::unix::fs::symlink(book.join("secret.yaml"), book.join("src/part/link.yaml")).unwrap();
    let mut input = recorded(&folder);
    let chapter = &mut input[1]["items"][2]["Chapter"]["sub_items"][0]["Chapter"];
    chapter["content"] = json!("{{#gradsheet link.yaml}}");
    let done = run(&["mdbook"], &input.to_string(), folder.path());
    assert_eq!(done.status, Some(2));
    assert!(done.err.contains("leads out of the book's source folder"), "{}", done.err);
}

#[test]
fn what_mdbook_would_not_send_is_refused() {
    let folder = folder();
    let mut chosen = recorded(&folder);
    chosen[0]["config"]["preprocessor"]["gradsheet"]["audience"] = json!("all");
    let chosen = chosen.to_string();
    let table = [
        ("", "this is not what mdBook sends"),
        ("{}", "expected a list of two"),
        ("[1]", "expected a list of two"),
        ("[{}, {}]", "no `root`"),
        ("[{\"root\": \"x\"}, 1]", "neither `items` nor `sections`"),
        (chosen.as_str(), "[preprocessor.gradsheet]: `audience` is `handout` or `solutions`"),
    ];
    for (input, message) in table {
        let done = run(&["mdbook"], input, folder.path());
        assert_eq!(done.status, Some(2), "{input}");
        assert!(done.err.contains(message), "{input}: {}", done.err);
    }
}
