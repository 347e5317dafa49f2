//! The binary: exit statuses, what goes to which stream, and that nothing is half written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const NEURON: &str = "title: One neuron
setups:
  neuron:
    model: |
      z = w*x + b
      y_hat = relu(z)
      loss = 1/2 * (y_hat - y)^2
    init: {w: 1, b: -1}
    data: [{x: 3, y: 0}, {x: -3, y: 0}]
    batches: [[1], [2]]
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.5}
      adam: {kind: adam, learning_rate: 0.5}
";

/// A working folder with scenarios in it.
pub(crate) struct Desk {
    folder: TempDir,
}

impl Desk {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        for (name, text) in files {
            let path = desk.path(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gradsheet"));
        // Not the cache of whoever runs the tests.
        command.env("XDG_CACHE_HOME", self.path(".cache"));
        Done::from(command.args(arguments).current_dir(self.folder.path()).output().unwrap())
    }

    /// Every file below a folder, by its path, with its bytes.
    pub(crate) fn files(&self, below: &str) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        collect(&self.path(below), &self.path(below), &mut found);
        found
    }

    pub(crate) fn names(&self, below: &str) -> Vec<String> {
        self.files(below).into_keys().collect()
    }
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            found.insert(name, std::fs::read(path).unwrap());
        }
    }
}

/// What a run of the binary left behind.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) status: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Done {
    #[track_caller]
    pub(crate) fn ends_with(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "{self:#?}");
        assert!(!self.err.contains("panicked"), "{self:#?}");
        self
    }
}

#[test]
fn render_writes_both_papers_in_both_formats() {
    let desk = Desk::new(&[("neuron.yaml", NEURON)]);
    let done = desk.run(&["render", "neuron.yaml"]).ends_with(0);
    assert_eq!(done.out, "", "standard output carries only what was asked for");
    let names = desk.names("output");
    for name in ["handout.html", "handout.md", "solutions.html", "solutions.md"] {
        assert!(names.contains(&format!("neuron/{name}")), "{names:?}");
    }
    let figures = names.iter().filter(|name| name.starts_with("neuron/figures/"));
    assert!(figures.count() >= 2, "{names:?}");
    assert!(
        names.iter().all(|name| !name.contains(".tmp") && name.starts_with("neuron/")),
        "{names:?}"
    );
}

#[test]
fn explain_tells_how_a_value_arose() {
    let desk = Desk::new(&[("neuron.yaml", NEURON)]);
    let done = desk.run(&["explain", "neuron.yaml", "sgd.t1.w"]).ends_with(0);
    let last = done.out.lines().last().unwrap();
    let end = "= t0.w - learning_rate*grad.w = 1 - 0.5*6 = -2";
    assert!(last.starts_with("  neuron.sgd.t1.w ") && last.ends_with(end), "{}", done.out);
    assert_eq!(done.err, "");
    let help = desk.run(&["explain", "--help"]).ends_with(0).out;
    assert!(help.contains("neuron.sgd.t1.w = t0.w - learning_rate*grad.w = 1 - 0.5*6 = -2"));
}

#[test]
fn explain_refuses_what_leads_to_no_value() {
    let second = "
  other:
    model: |
      y = w*x
    shapes: {w: [1, 1], x: [1, 1]}
    init: {w: {kind: normal}}
    data: {kind: gaussian, count: 2}
    experiments:
      scale: {vary: {w.std: [1, 2]}, trials: 2, measure: [activation_std.y]}
";
    let two = NEURON.to_owned() + second;
    let desk = Desk::new(&[("neuron.yaml", NEURON), ("two.yaml", &two)]);
    let table = [
        ("neuron.yaml", "neuron.sdg.t1.w", "`neuron` has no run `sdg`", "did you mean `sgd`?"),
        ("neuron.yaml", "sgd.t9.w", "there is no iteration `t9`", "t0 (the initial state) to t2"),
        ("neuron.yaml", "adam.t1.u_hut.w", "there is no state `u_hut`", "did you mean `u_hat`?"),
        ("two.yaml", "sgd.t1.w", "there is no set-up `sgd`", "write `neuron.sgd.t1.w`\n"),
        ("two.yaml", "other.scale", "`other.scale` is an experiment", "a value of a run"),
        ("two.yaml", "other.scale.w", "`other.scale` is an experiment", "a value of a run"),
        ("two.yaml", "", "the path is empty", ""),
    ];
    for (file, path, message, help) in table {
        let done = desk.run(&["explain", file, path]).ends_with(2);
        assert!(done.err.contains(message) && done.err.contains(help), "{path}: {}", done.err);
        assert_eq!(done.out, "", "{path}");
    }
    desk.run(&["explain", "neuron.yaml", "sgd.t1.w", "--significant", "0"]).ends_with(2);
    desk.run(&["explain", "missing.yaml", "sgd.t1.w"]).ends_with(2);
}

#[test]
fn formats_and_audiences_restrict_what_is_written() {
    // Arguments, then the files besides figures.
    let table: [(&[&str], &[&str]); 5] = [
        (&["--to", "md"], &["handout.md", "solutions.md"]),
        (&["--to", "html"], &["handout.html", "solutions.html"]),
        (&["--audience", "handout"], &["handout.html", "handout.md"]),
        (&["--audience", "solutions", "--to", "md"], &["solutions.md"]),
        (&["--audience", "handout", "--to", "html"], &["handout.html"]),
    ];
    for (arguments, expected) in table {
        let desk = Desk::new(&[("neuron.yaml", NEURON)]);
        let whole = [&["render", "neuron.yaml", "-o", "out"], arguments].concat();
        desk.run(&whole).ends_with(0);
        let mut names = desk.names("out/neuron");
        names.retain(|name| !name.starts_with("figures/"));
        assert_eq!(names, expected, "{arguments:?}");
    }
}

#[test]
fn a_handout_alone_brings_no_figure_of_the_solutions() {
    let desk = Desk::new(&[("neuron.yaml", NEURON)]);
    desk.run(&["render", "neuron.yaml", "--audience", "handout"]).ends_with(0);
    assert_eq!(desk.names("output"), ["neuron/handout.html", "neuron/handout.md"]);
}

#[test]
fn a_broken_scenario_leaves_earlier_output_as_it_was() {
    let desk = Desk::new(&[("neuron.yaml", NEURON)]);
    desk.run(&["render", "neuron.yaml"]).ends_with(0);
    let before = desk.files("output");
    let broken =
        NEURON.replace("learning_rate: 0.5}\n      adam", "learning_rate: -1}\n      adam");
    assert_ne!(broken, NEURON);
    std::fs::write(desk.path("neuron.yaml"), broken).unwrap();
    let done = desk.run(&["render", "neuron.yaml"]).ends_with(2);
    assert!(done.err.starts_with("neuron.yaml:12:"), "{}", done.err);
    assert_eq!(desk.files("output"), before);
}

#[test]
fn of_several_scenarios_all_are_written_or_none() {
    let broken = NEURON.replace("relu", "rleu");
    let desk = Desk::new(&[("good.yaml", NEURON), ("bad.yaml", &broken)]);
    desk.run(&["render", "good.yaml", "bad.yaml"]).ends_with(2);
    assert!(!desk.path("output").exists(), "{:?}", desk.names("output"));
}

#[test]
fn two_scenarios_with_one_stem_are_an_error() {
    let desk = Desk::new(&[("a/neuron.yaml", NEURON), ("b/neuron.yaml", NEURON)]);
    let done = desk.run(&["render", "a/neuron.yaml", "b/neuron.yaml"]).ends_with(2);
    for part in ["a/neuron.yaml", "b/neuron.yaml", "output/neuron"] {
        assert!(done.err.contains(part), "{}", done.err);
    }
    assert!(!desk.path("output").exists());
}

#[test]
fn rendering_twice_gives_the_same_bytes() {
    let desk = Desk::new(&[("neuron.yaml", NEURON)]);
    for folder in ["one", "two"] {
        desk.run(&["render", "neuron.yaml", "-o", folder]).ends_with(0);
    }
    let (one, two) = (desk.files("one"), desk.files("two"));
    assert!(one.len() > 4, "{:?}", one.keys());
    assert_eq!(one, two);
}

#[test]
fn list_explains_the_catalogue() {
    let desk = Desk::new(&[]);
    let all = desk.run(&["list"]).ends_with(0).out;
    assert!(all.contains("\n  adam ") && all.contains("\n  kaiming_normal "), "{all}");
    let adam = desk.run(&["list", "adam"]).ends_with(0).out;
    assert!(adam.contains("  v = beta2*v + (1 - beta2)*g^2\n"), "{adam}");
    let wrong = desk.run(&["list", "adma"]).ends_with(2);
    assert!(wrong.out.is_empty() && wrong.err.contains("did you mean `adam`?"), "{}", wrong.err);
}

#[test]
fn schema_prints_what_editors_read() {
    let desk = Desk::new(&[]);
    let scenario = desk.run(&["schema"]).ends_with(0).out;
    assert_eq!(scenario, gradsheet::scenario::schema());
    let course = desk.run(&["schema", "--course"]).ends_with(0).out;
    assert_eq!(course, gradsheet::site::schema());
    let help = desk.run(&["schema", "--help"]).ends_with(0).out;
    assert!(help.contains("# yaml-language-server: $schema=gradsheet.schema.json"), "{help}");
}

/// Data files lie beside the scenario or below it; whatever else is named is not opened.
#[test]
fn data_come_from_files_below_the_scenario() {
    let scenario = |path: &str| {
        NEURON.replace("[{x: 3, y: 0}, {x: -3, y: 0}]", &format!("{{kind: csv, path: {path}}}"))
    };
    let points = "x,y\n3,0\n-3,0\n";
    let desk = Desk::new(&[
        ("secret.csv", points),
        ("course/inline.yaml", NEURON),
        ("course/data/points.csv", points),
        ("course/file.yaml", &scenario("data/points.csv")),
        ("course/up.yaml", &scenario("../secret.csv")),
        ("course/link.yaml", &scenario("link.csv")),
        ("course/folder.yaml", &scenario("data")),
        ("course/absent.yaml", &scenario("absent.csv")),
        ("course/wrong.csv", "x,y\n3,zero\n"),
        ("course/wrong.yaml", &scenario("wrong.csv")),
        ("course/other.csv", "x,t\n3,0\n-3,0\n"),
        ("course/other.yaml", &scenario("other.csv")),
    ]);
    let absolute = desk.path("secret.csv");
    std::fs::write(desk.path("course/root.yaml"), scenario(absolute.to_str().unwrap())).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&absolute, desk.path("course/link.csv")).unwrap();
    let traced = |name: &str| desk.run(&["trace", &format!("course/{name}.yaml")]);
    let inline = traced("inline").ends_with(0).out;
    assert!(inline.len() > 1000 && traced("file").ends_with(0).out == inline);
    for (name, words) in [
        ("up", "must be a file below the scenario's folder"),
        ("root", "must be a file below the scenario's folder"),
        ("link", "leads out of the scenario's folder"),
        ("folder", "`data` is not a file"),
        ("absent", "there is no file `absent.csv` below"),
        ("wrong", "`zero` is no number"),
        ("wrong", ": wrong.csv:2:3\n  |\n2 | 3,zero\n  |   ^^^^"),
        ("other", "there is no `y` here"),
    ] {
        let said = traced(name).ends_with(2).err;
        assert!(said.contains(words), "{name}: {said}");
    }
}

/// The bits of an experiment do not depend on how many threads share the work.
#[test]
fn the_number_of_threads_does_not_show() {
    let text = "
title: Threads
setups:
  net:
    shapes: {x: [1, 40], W: [40, 30], V: [30, 30]}
    model: |
      h = relu(x @ W)
      y = relu(h @ V)
    init: {W: kaiming_normal, V: orthogonal}
    data: {kind: gaussian, count: 200}
    adjoint: normal
    experiments:
      start:
        vary: {W: [xavier_uniform, {kind: sparse, fraction: 0.5, std: 1}]}
        trials: 5
        measure: [activation_std, gradient_std, dead_units, gradient_norm]
";
    let desk = Desk::new(&[("threads.yaml", text)]);
    let run = |threads: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_gradsheet"))
            .args(["trace", "threads.yaml"])
            .current_dir(desk.path(""))
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        assert!(output.status.success());
        output.stdout
    };
    let alone = run("1");
    assert!(alone.len() > 1000);
    assert!(run("2") == alone && run("3") == alone);
}

#[test]
fn where_a_scenario_lies_does_not_show_in_its_sheet() {
    let desk = Desk::new(&[("neuron.yaml", NEURON), ("deep/down/neuron.yaml", NEURON)]);
    desk.run(&["render", "neuron.yaml", "-o", "one"]).ends_with(0);
    let whole = desk.path("deep/down/neuron.yaml");
    desk.run(&["render", whole.to_str().unwrap(), "-o", "two"]).ends_with(0);
    assert_eq!(desk.files("one"), desk.files("two"));
}

#[cfg(not(feature = "pdf"))]
#[test]
fn a_build_without_pdf_says_what_to_do_instead_and_writes_nothing() {
    let desk = Desk::new(&[("neuron.yaml", NEURON)]);
    let commands: [&[&str]; 3] = [
        &["render", "neuron.yaml", "--to", "md,pdf"],
        &["variants", "neuron.yaml", "--count", "1", "--to", "pdf"],
        &["site", ".", "--to", "html,pdf"],
    ];
    for command in commands {
        let done = desk.run(command).ends_with(2);
        for there in ["without PDF", "--features pdf", "print the HTML page"] {
            assert!(done.err.contains(there), "{command:?}: {}", done.err);
        }
        assert!(!desk.path("output").exists());
    }
}

#[test]
fn what_is_not_a_scenario_is_refused_by_name() {
    let desk = Desk::new(&[("folder.yaml/inner.txt", ""), ("empty.yaml", "")]);
    std::fs::write(desk.path("latin1.yaml"), b"title: Gr\xfc\xdfe\n").unwrap();
    std::fs::write(desk.path("image.yaml"), [0x89, b'P', b'N', b'G', 0, 1, 2]).unwrap();
    let table = [
        ("missing.yaml", "can't be read"),
        ("folder.yaml", "can't be read"),
        // `title: Gr` has nine letters.
        ("latin1.yaml", "1:10: this is not text in UTF-8: the byte 0xFC"),
        ("image.yaml", "1:1: this is not text in UTF-8: the byte 0x89"),
        ("empty.yaml", "empty"),
    ];
    for command in ["render", "check", "trace"] {
        for (name, words) in table {
            let done = desk.run(&[command, name]).ends_with(2);
            assert!(done.err.starts_with(&format!("{name}:")), "{command}: {}", done.err);
            assert!(done.err.contains(words), "{command}: {}", done.err);
            assert_eq!(done.out, "", "{command} {name}");
        }
    }
    assert!(!desk.path("output").exists());
}

#[test]
fn an_output_folder_that_can_not_be_made_is_status_1() {
    // A file stands where the folder should: that stops root too.
    for blocked in ["out", "out/neuron", "out/neuron/figures"] {
        let desk = Desk::new(&[("neuron.yaml", NEURON), (blocked, "in the way")]);
        let done = desk.run(&["render", "neuron.yaml", "-o", "out"]).ends_with(1);
        assert!(done.err.contains("can't be written"), "{}", done.err);
        assert_eq!(std::fs::read_to_string(desk.path(blocked)).unwrap(), "in the way");
        if blocked != "out" {
            assert_eq!(desk.names("out"), [&blocked["out/".len()..]], "nothing is half written");
        }
    }
}

#[test]
fn a_folder_where_a_file_should_be_is_status_1_and_nothing_is_half_written() {
    let desk = Desk::new(&[("neuron.yaml", NEURON), ("out/neuron/solutions.md/file", "mine")]);
    desk.run(&["render", "neuron.yaml", "-o", "out"]).ends_with(1);
    assert_eq!(desk.names("out"), ["neuron/solutions.md/file"]);
}

/// σ(1) + σ(−1) − 1 is zero, but no proof of the program finds it.
const UNDECIDED: &str = "title: Undecided
setups:
  neuron:
    model: |
      s = sigmoid(w) + sigmoid(-w) - 1
      y_hat = relu(s)
      loss = 1/2*(y_hat - y)^2
    init: {w: 1}
    data: [{y: 1}]
    iterations: 1
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.5}
";

#[test]
fn an_undecided_sign_is_status_1_with_both_continuations() {
    let desk = Desk::new(&[("undecided.yaml", UNDECIDED), ("out/undecided/handout.md", "old")]);
    for command in [&["render", "-o", "out"][..], &["check"], &["trace"]] {
        let done = desk.run(&[command, &["undecided.yaml"]].concat()).ends_with(1);
        assert!(done.err.contains("undecided"), "{}", done.err);
        assert!(done.err.contains("neuron.sgd.t1"), "names the place: {}", done.err);
        let continuation = |answer: &str| {
            let mut lines = done.err.lines().map(str::trim);
            lines.find(|line| line.starts_with("if it is ") && line.contains(answer))
        };
        // Zero or negative, ReLU′(s) = 0: w stays at 1.
        let stays = continuation("zero").expect(&done.err);
        assert!(stays.ends_with("w = 1"), "{stays}");
        let moves = continuation("positive").expect(&done.err);
        assert!(moves.contains("w = ") || moves.contains("w ≈ "), "{moves}");
        assert_ne!(stays, moves, "two continuations");
        assert_eq!(done.out, "");
    }
    assert_eq!(desk.files("out"), BTreeMap::from([("undecided/handout.md".into(), b"old".into())]));
}

/// SGD steps from w = 1 with rate 1 on L = ½(ŷ − y)², ŷ = relu(w − 0.996), y = −0.0005:
/// the first gradient is 0.004 + 0.0005 = 0.0045, so w becomes 0.9955, below the kink at
/// 0.996; rounded to two decimals it is 1.00, above the kink.
const CARRIED: &str = "title: Carried
setups:
  neuron:
    model: |
      z = w - 0.996
      y_hat = relu(z)
      loss = 1/2*(y_hat - y)^2
    init: {w: 1}
    data: [{y: -0.0005}]
    iterations: 2
    optimizers:
      sgd: {kind: sgd, learning_rate: 1, display: {decimals: 2, carry: displayed}}
";

#[test]
fn a_carried_run_on_another_branch_is_status_1_and_says_where() {
    let desk = Desk::new(&[("carried.yaml", CARRIED)]);
    for command in ["render", "check", "trace"] {
        let done = desk.run(&[command, "carried.yaml"]).ends_with(1);
        for part in ["neuron.sgd.t2", "y_hat", "relu", "inactive"] {
            assert!(done.err.contains(part), "no `{part}` in: {}", done.err);
        }
    }
    assert!(!desk.path("output").exists());
    // With three more decimals the two runs agree.
    let more = CARRIED.replace("decimals: 2", "decimals: 5");
    std::fs::write(desk.path("carried.yaml"), more).unwrap();
    desk.run(&["check", "carried.yaml"]).ends_with(0);
}

#[test]
fn check_says_ok_or_lists_problems_as_json() {
    let broken = NEURON.replace("x + b", "x + c").replace("[[1], [2]]", "[[1], [9]]");
    let desk = Desk::new(&[("good.yaml", NEURON), ("bad.yaml", &broken)]);
    let done = desk.run(&["check", "good.yaml"]).ends_with(0);
    assert_eq!((done.out.as_str(), done.err.as_str()), ("good.yaml: ok\n", ""));

    let done = desk.run(&["check", "--format", "json", "good.yaml"]).ends_with(0);
    let list: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(list, serde_json::json!([]));

    let done = desk.run(&["check", "--format", "json", "good.yaml", "bad.yaml"]).ends_with(2);
    let list: Value = serde_json::from_str(&done.out).unwrap();
    let places: Vec<(u64, u64)> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|problem| {
            assert_eq!(problem["file"], "bad.yaml");
            assert!(problem["message"].as_str().is_some_and(|text| !text.is_empty()));
            (problem["line"].as_u64().unwrap(), problem["column"].as_u64().unwrap())
        })
        .collect();
    // `z = w*x + c` has its c in column 17; `    batches: [[1], [9]]` its 9 in column 21.
    assert_eq!(places, [(5, 17), (10, 21)]);
    assert_eq!(done.err, "", "the problems are on standard output");
    assert!(!desk.path("output").exists(), "check writes nothing");
}

#[test]
fn check_in_json_reports_what_has_no_place_too() {
    let desk = Desk::new(&[("undecided.yaml", UNDECIDED)]);
    let done = desk.run(&["check", "--format", "json", "undecided.yaml"]).ends_with(1);
    let list: Value = serde_json::from_str(&done.out).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 1);
    assert_eq!(list[0]["file"], "undecided.yaml");
    assert!(list[0]["message"].as_str().unwrap().contains("undecided"), "{list}");
    // `      y_hat = relu(s)` is line 6; what either answer leads to is the advice.
    assert_eq!((&list[0]["line"], &list[0]["column"]), (&Value::from(6), &Value::from(7)));
    assert_eq!(list[0]["field"], "setups.neuron.model");
    assert_eq!(list[0]["help"].as_str().unwrap().lines().count(), 2, "{list}");
}

#[test]
fn every_problem_in_json_has_the_same_keys() {
    let broken = NEURON.replace("x + b", "x + c");
    let wrong = NEURON
        .replace("data: [{x: 3, y: 0}, {x: -3, y: 0}]", "data: {kind: csv, path: points.csv}");
    let desk = Desk::new(&[
        ("bad.yaml", &broken),
        ("data.yaml", &wrong),
        ("points.csv", "x,y\n3,none\n"),
        ("undecided.yaml", UNDECIDED),
    ]);
    std::fs::write(desk.path("latin1.yaml"), b"title: Gr\xfc\xdfe\n").unwrap();
    let files = ["bad.yaml", "data.yaml", "undecided.yaml", "latin1.yaml", "missing.yaml"];
    let done = desk.run(&[&["check", "--format", "json"], &files[..]].concat()).ends_with(2);
    let list: Value = serde_json::from_str(&done.out).unwrap();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), files.len());
    for (problem, file) in list.iter().zip(files) {
        let known = ["file", "line", "column", "width", "field", "message", "help", "severity"];
        has_keys(problem, &known);
        assert_eq!((&problem["file"], &problem["severity"]), (&file.into(), &"error".into()));
        assert_eq!(problem["line"].is_null(), file == "missing.yaml", "{problem}");
        assert!(!problem["message"].as_str().unwrap().contains(file), "{problem}");
        assert_eq!(problem.get("within").is_some(), file == "data.yaml", "{problem}");
    }
    let within = serde_json::json!({"file": "points.csv", "line": 2, "column": 3, "width": 4});
    assert_eq!(list[1]["within"], within);
}

/// A run, a definition, a carried run: each is named where it stands.
#[test]
fn an_error_of_the_engine_has_a_place() {
    let large = UNDECIDED.replace("sigmoid(w) + sigmoid(-w) - 1", "exp(exp(exp(100*w)))");
    let desk = Desk::new(&[
        ("undecided.yaml", UNDECIDED),
        ("carried.yaml", CARRIED),
        ("large.yaml", &large),
    ]);
    for (name, start) in [
        ("undecided.yaml", "undecided.yaml:6:7: setups.neuron.model: undecided: neuron.sgd.t1"),
        ("carried.yaml", "carried.yaml:12:7: setups.neuron.optimizers.sgd: neuron.sgd.t2.y_hat"),
        ("large.yaml", "large.yaml:5:7: setups.neuron.model: neuron.sgd.t1.s (example 1): `exp("),
    ] {
        let said = desk.run(&["check", name]).ends_with(1).err;
        assert!(said.starts_with(start), "{said}");
        assert!(said.contains("  |"), "the line is shown: {said}");
    }
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[track_caller]
fn has_keys(value: &Value, expected: &[&str]) {
    let found = keys(value);
    let missing: Vec<&&str> = expected.iter().filter(|key| !found.contains(key)).collect();
    assert!(missing.is_empty(), "{missing:?} missing among {found:?}");
}

#[test]
fn trace_prints_one_object_with_the_fixed_keys() {
    let desk = Desk::new(&[("neuron.yaml", NEURON)]);
    let done = desk.run(&["trace", "neuron.yaml"]).ends_with(0);
    let trace: Value = serde_json::from_str(&done.out).expect("one JSON value and nothing else");
    assert_eq!((&trace["format"], &trace["title"]), (&1.into(), &"One neuron".into()));
    let setups = &trace["setups"];
    assert_eq!(keys(setups), ["neuron"]);
    assert_eq!(keys(&setups["neuron"]["runs"]), ["sgd", "adam"]);
    let iterations = setups["neuron"]["runs"]["adam"]["iterations"].as_array().unwrap();
    assert_eq!(iterations.len(), 3);
    let start = &iterations[0];
    assert_eq!(start["t"], 0);
    has_keys(start, &["t", "parameters", "state"]);
    assert!(start.get("batch").is_none() && start.get("gradient").is_none(), "{start}");
    for (t, record) in iterations.iter().enumerate().skip(1) {
        assert_eq!(record["t"], t);
        assert_eq!(record["batch"], serde_json::json!([t]));
        let fixed = ["examples", "loss", "gradient", "learning_rate", "state", "parameters"];
        has_keys(record, &fixed);
        has_keys(&record["gradient"], &["w", "b"]);
        has_keys(&record["state"]["u"], &["w", "b"]);
        has_keys(&record["state"]["v"], &["w", "b"]);
        let example = &record["examples"][0];
        has_keys(&example["values"], &["x", "y", "z", "y_hat", "loss"]);
        has_keys(&example["adjoints"], &["z", "y_hat"]);
        let branch = &example["branches"][0];
        has_keys(branch, &["node", "function", "argument", "sign", "branch"]);
    }
    // By hand: z = 1·3 − 1 = 2, active; L = ½·2² = 2; ∂L/∂w = 2·1·3 = 6, ∂L/∂b = 2.
    let sgd = &setups["neuron"]["runs"]["sgd"]["iterations"][1];
    let exact = |value: &Value, text: &str| assert_eq!(value["exact"], text, "{value}");
    exact(&sgd["examples"][0]["values"]["z"], "2");
    exact(&sgd["examples"][0]["adjoints"]["z"], "2");
    exact(&sgd["loss"], "2");
    exact(&sgd["gradient"]["w"], "6");
    exact(&sgd["learning_rate"], "1/2");
    exact(&sgd["parameters"]["w"], "-2");
    exact(&sgd["parameters"]["b"], "-2");
    assert_eq!(sgd["learning_rate"]["decimal"], "0.5");
    let branch = &sgd["examples"][0]["branches"][0];
    assert_eq!(
        (&branch["node"], &branch["function"], &branch["sign"], &branch["branch"]),
        (&"y_hat".into(), &"relu".into(), &1.into(), &"active".into())
    );
}

/// Every V in a trace is `{exact, decimal}` or `{undefined}`, as the design has it.
#[test]
fn every_value_of_a_trace_has_the_fixed_form() {
    let desk = Desk::new(&[("neuron.yaml", &NEURON.replace("relu(z)", "sigmoid(z)"))]);
    let done = desk.run(&["trace", "neuron.yaml"]).ends_with(0);
    let trace: Value = serde_json::from_str(&done.out).unwrap();
    let record = &trace["setups"]["neuron"]["runs"]["sgd"]["iterations"][1];
    // σ(2) = 1/(1 + e⁻²) to 60 digits is 0.88079707797788244405972914130239679520638429…
    let y_hat = &record["examples"][0]["values"]["y_hat"];
    assert_eq!(y_hat["exact"], Value::Null);
    assert_eq!(y_hat["decimal"], "0.8807970779778824440597291413023967952064");
    let mut count = 0;
    values(&trace, &mut |value| {
        count += 1;
        let text = value["decimal"].as_str().unwrap();
        let digits = text.split(['e', 'E']).next().unwrap();
        let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
        assert!(digits.trim_start_matches('0').len() <= 40, "{value}");
    });
    assert!(count > 40, "{count}");
}

fn values(json: &Value, see: &mut dyn FnMut(&Value)) {
    match json {
        Value::Object(map) if map.contains_key("decimal") => {
            assert_eq!(keys(json), ["exact", "decimal"]);
            see(json);
        }
        Value::Object(map) => map.values().for_each(|inner| values(inner, see)),
        Value::Array(list) => list.iter().for_each(|inner| values(inner, see)),
        _ => {}
    }
}

#[test]
fn an_undefined_value_is_recorded_and_the_command_succeeds() {
    // Fitted already, so the first gradient is 0 and Adam divides 0 by √0 + 0.
    let text = NEURON
        .replace("y: 0}, {x: -3", "y: 2}, {x: -3")
        .replace("kind: adam, learning_rate: 0.5", "kind: adam, learning_rate: 0.5, epsilon: 0");
    let desk = Desk::new(&[("neuron.yaml", &text)]);
    let done = desk.run(&["trace", "neuron.yaml"]).ends_with(0);
    let trace: Value = serde_json::from_str(&done.out).unwrap();
    let iterations = trace["setups"]["neuron"]["runs"]["adam"]["iterations"].as_array().unwrap();
    assert_eq!(iterations.len(), 2, "the run ends with the undefined iteration");
    let w = iterations[1]["parameters"]["w"]["undefined"].as_str().unwrap();
    assert!(w.starts_with("0/0 in "), "{w}");
    desk.run(&["render", "neuron.yaml"]).ends_with(0);
    let solutions = std::fs::read_to_string(desk.path("output/neuron/solutions.md")).unwrap();
    assert!(solutions.contains("undefined"));
}

#[test]
fn trace_of_a_broken_scenario_prints_nothing() {
    let desk = Desk::new(&[("neuron.yaml", &NEURON.replace("relu", "rleu"))]);
    let done = desk.run(&["trace", "neuron.yaml"]).ends_with(2);
    assert_eq!(done.out, "");
    assert!(done.err.starts_with("neuron.yaml:6:"), "{}", done.err);
}

#[test]
fn help_goes_to_standard_output() {
    let desk = Desk::new(&[]);
    let whole = desk.run(&["--help"]).ends_with(0);
    assert_eq!(whole.err, "");
    for command in ["render", "check", "trace", "new"] {
        assert!(whole.out.contains(command), "`{command}` is not listed");
        let done = desk.run(&[command, "--help"]).ends_with(0);
        assert_eq!(done.err, "");
        assert!(done.out.contains(&format!("gradsheet {command}")), "{}", done.out);
        assert!(done.out.lines().all(|line| line.chars().count() <= 120), "{}", done.out);
    }
    let version = desk.run(&["--version"]).ends_with(0);
    assert_eq!(version.out, format!("gradsheet {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn every_shell_gets_its_completions() {
    let desk = Desk::new(&[]);
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = desk.run(&["completions", shell]).ends_with(0).out;
        for word in ["variants", "search-limit", "completions"] {
            assert!(script.contains(word), "{shell} does not know `{word}`");
        }
    }
    assert!(desk.run(&["completions", "tcsh"]).ends_with(2).err.contains("zsh"));
}

/// What a real bash would offer for the last word of a command line.
#[cfg(target_os = "linux")]
fn offered_by_bash(desk: &Desk, line: &[&str]) -> String {
    let script = "source <(\"$0\" completions bash)
        COMP_WORDS=(gradsheet \"$@\"); COMP_CWORD=$#
        _gradsheet gradsheet \"${COMP_WORDS[COMP_CWORD]}\" \"${COMP_WORDS[COMP_CWORD-1]}\"
        echo \"${COMPREPLY[@]}\"";
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", script, env!("CARGO_BIN_EXE_gradsheet")]).args(line);
    Done::from(bash.current_dir(desk.path("")).output().unwrap()).ends_with(0).out
}

#[test]
#[cfg(target_os = "linux")]
fn bash_completes_commands_options_and_their_words() {
    let desk = Desk::new(&[]);
    let table: [(&[&str], &str); 4] = [
        (&["va"], "variants\n"),
        (&["variants", "--se"], "--seed --search-limit\n"),
        (&["render", "--audience", ""], "handout solutions both\n"),
        (&["completions", "p"], "powershell\n"),
    ];
    for (line, expected) in table {
        assert_eq!(offered_by_bash(&desk, line), expected, "{line:?}");
    }
}

#[test]
fn help_says_at_length_what_a_schema_is_for() {
    let desk = Desk::new(&[]);
    let help = desk.run(&["schema", "--help"]).ends_with(0).out;
    let words = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("What a schema can't know"), "{help}");
}

#[test]
fn a_wrong_command_line_is_status_2() {
    let desk = Desk::new(&[("neuron.yaml", NEURON)]);
    let table: [&[&str]; 8] = [
        &[],
        &["rendre", "neuron.yaml"],
        &["render"],
        &["render", "neuron.yaml", "--to", "docx"],
        &["render", "neuron.yaml", "--audience", "teachers"],
        &["render", "neuron.yaml", "--templates", "nowhere"],
        &["check", "neuron.yaml", "--format", "xml"],
        &["trace"],
    ];
    for arguments in table {
        let done = desk.run(arguments).ends_with(2);
        assert_eq!(done.out, "", "{arguments:?}");
        assert!(!done.err.is_empty(), "{arguments:?}");
    }
    assert!(!desk.path("output").exists());
}

#[test]
fn new_makes_a_folder_that_renders() {
    let desk = Desk::new(&[]);
    let done = desk.run(&["new", "course"]).ends_with(0);
    assert_eq!(done.out, "");
    assert_eq!(desk.names("course"), ["neuron.yaml"]);
    assert!(done.err.contains("gradsheet render course/neuron.yaml"), "{}", done.err);
    desk.run(&["check", "course/neuron.yaml"]).ends_with(0);
    desk.run(&["render", "course/neuron.yaml"]).ends_with(0);
    assert!(desk.path("output/neuron/solutions.html").exists());
}

#[test]
fn new_overwrites_nothing() {
    let desk = Desk::new(&[("course/neuron.yaml", "mine"), ("file", "mine too")]);
    let done = desk.run(&["new", "course"]).ends_with(2);
    assert!(done.err.contains("course/neuron.yaml"), "{}", done.err);
    assert_eq!(std::fs::read_to_string(desk.path("course/neuron.yaml")).unwrap(), "mine");
    let done = desk.run(&["new", "file"]);
    assert!(matches!(done.status, Some(1 | 2)), "{done:?}");
    assert_eq!(std::fs::read_to_string(desk.path("file")).unwrap(), "mine too");
}

#[test]
fn a_template_of_the_users_takes_the_place_of_a_built_in_one() {
    let desk = Desk::new(&[
        ("neuron.yaml", NEURON),
        ("mine/words/en.yaml", "solutions_note: For markers only\n"),
        ("broken/sheet.md", "{{ sheet.title"),
    ]);
    let with = |folder| desk.run(&["render", "neuron.yaml", "--templates", folder]);
    with("mine").ends_with(0);
    let text = std::fs::read_to_string(desk.path("output/neuron/solutions.md")).unwrap();
    assert!(text.contains("For markers only"), "{text}");
    let before = desk.files("output");
    let done = with("broken").ends_with(2);
    assert!(done.err.contains("sheet.md"), "{}", done.err);
    assert_eq!(desk.files("output"), before);
}

#[test]
fn a_flavor_is_a_matter_of_markdown() {
    let desk = Desk::new(&[("neuron.yaml", NEURON)]);
    let done =
        desk.run(&["render", "neuron.yaml", "--to", "html", "--flavor", "hugo"]).ends_with(2);
    assert!(done.err.contains("`--flavor` is a matter of Markdown"), "{done:?}");
    assert!(desk.names("output").is_empty());
    let plain = desk.run(&["render", "neuron.yaml", "--to", "md"]).ends_with(0);
    assert_eq!(plain.out, "");
    desk.run(&["render", "neuron.yaml", "--to", "md", "--flavor", "github", "-o", "same"])
        .ends_with(0);
    assert_eq!(desk.files("output"), desk.files("same"));
}

/// A page that shows files of its own is a folder for Zola and Hugo; for the others it is a file.
#[test]
fn figures_stand_where_each_generator_looks_for_them() {
    let desk = Desk::new(&[("neuron.yaml", NEURON)]);
    let table = [
        ("quarto", "solutions.md", "figures/"),
        ("myst", "solutions.md", "figures/"),
        ("mdbook", "solutions.md", "figures/"),
        ("zola", "solutions/index.md", "solutions/figures/"),
        ("hugo", "solutions/index.md", "solutions/figures/"),
    ];
    for (flavor, page, figures) in table {
        desk.run(&["render", "neuron.yaml", "--to", "md", "--flavor", flavor, "-o", flavor])
            .ends_with(0);
        let names = desk.names(&format!("{flavor}/neuron"));
        assert!(names.iter().any(|name| name == page), "{flavor}: {names:?}");
        assert!(names.iter().any(|name| name.starts_with(figures)), "{flavor}: {names:?}");
    }
}
