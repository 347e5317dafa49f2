//! `gradsheet variants` as a whole: what is written beside the papers, and what is found,
//! made again and regraded from it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// One unit on two examples, by SGD and by momentum; the second pre-activation of momentum
/// is on the kink by construction.
const EXAM: &str = "title: An exam
seed: 7
variables:
  alpha: {choose: [0.1, 0.2, 0.5], default: 0.5}
  x1: {integers: [1, 5], default: 3}
  w0: {decimals: [0.5, 3], step: 0.1, default: 1}
setups:
  neuron:
    model: |
      z = w*x + b
      y_hat = relu(z)
      loss = 1/2 * (y_hat - y)^2
    init: {w: w0, b: -0.1}
    data: [{x: x1, y: 0}, {x: 1, y: 2}]
    batches: [[1], [2]]
    optimizers:
      sgd: {kind: sgd, learning_rate: alpha}
      adam: {kind: adam, learning_rate: alpha}
cells:
  - question: Steps
    text: Start from $w = << w0 >>$ with $\\alpha = << alpha >>$ on $x = << x1 >>$.
    parts:
      - ask: The first step of SGD?
        answers: [sgd.t1.w, sgd.t1.b]
        marks: 2
      - ask: The second step of SGD?
        answers: [sgd.t2.w]
        marks: 3
      - ask: The second step of Adam?
        answers: [adam.t2.w, adam.t2.u.b]
        marks: 3
";

const ROSTER: &str =
    "id,name\ns3,\"Lovelace, *Ada*\"\ns1,Bob $x$ <b> |\ns2,\n=1+1,\"=cmd|' /C calc'!A0\"\n";

struct Desk {
    folder: TempDir,
}

struct Done {
    status: Option<i32>,
    out: String,
    err: String,
}

impl Desk {
    fn new(files: &[(&str, &str)]) -> Self {
        let desk = Self { folder: tempfile::tempdir().unwrap() };
        for (name, text) in files {
            std::fs::write(desk.path(name), text).unwrap();
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &str) -> Done {
        self.run_on(arguments, "2")
    }

    /// Runs a command line, split at blanks, on so many threads.
    fn run_on(&self, arguments: &str, threads: &str) -> Done {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gradsheet"));
        command.args(arguments.split_whitespace()).current_dir(self.folder.path());
        let output = command.env("RAYON_NUM_THREADS", threads).output().unwrap();
        Done {
            status: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    fn done(&self, arguments: &str) -> String {
        let done = self.run(arguments);
        assert_eq!(done.status, Some(0), "{arguments}: {}", done.err);
        done.out
    }

    /// What a command line that is wrong says.
    #[track_caller]
    fn refused(&self, arguments: &str) -> String {
        let done = self.run(arguments);
        assert_eq!(done.status, Some(2), "{arguments}: {}{}", done.out, done.err);
        assert_eq!(done.out, "", "{arguments}");
        assert!(!done.err.contains("panicked"), "{}", done.err);
        done.err
    }

    fn files(&self, below: &str) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        collect(&self.path(below), "", &mut found);
        assert!(!found.is_empty(), "{below} is empty");
        found
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn manifest(&self, name: &str) -> Value {
        serde_json::from_str(&self.text(name)).unwrap()
    }
}

fn collect(folder: &Path, prefix: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => collect(&entry.path(), &format!("{name}/"), found),
            false => drop(found.insert(name, std::fs::read(entry.path()).unwrap())),
        }
    }
}

/// The rows of a key by plain splitting: none of these has a quoted cell.
fn key(text: &str) -> Vec<Vec<String>> {
    let mut lines = text.lines();
    let head = "variant,part,path,exact,decimal,displayed,tolerance,marks";
    assert_eq!(lines.next(), Some(head));
    lines.map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn shards_that_are_joined_are_one_run_to_the_byte() {
    let desk = Desk::new(&[("exam.yaml", EXAM)]);
    desk.done("variants exam.yaml --count 10 -o whole");
    let whole = desk.files("whole/exam/variants");
    for name in ["key.csv", "key.html", "manifest.json", "report.md", "report.html"] {
        assert!(whole.contains_key(name), "{name}");
    }
    for shard in ["2/3", "1/3", "3/3"] {
        desk.done(&format!("variants exam.yaml --count 10 --shard {shard} -o parts"));
    }
    let names: Vec<String> = desk.files("parts/exam/variants").into_keys().collect();
    assert!(names.contains(&"key-2-of-3.csv".into()) && !names.contains(&"key.html".into()));
    desk.done("variants exam.yaml --merge -o parts");
    assert_eq!(desk.files("parts/exam/variants"), whole);
    // The number of threads does not show, nor does making one alone.
    let done = desk.run_on("variants exam.yaml --count 10 -o single", "1");
    assert_eq!(done.status, Some(0), "{}", done.err);
    assert_eq!(desk.files("single/exam/variants"), whole);
    desk.done("variants exam.yaml --only 7 -o alone");
    let alone = desk.files("alone/exam/variants");
    assert_eq!(alone.len(), 4, "{:?}", alone.keys());
    for (name, bytes) in alone {
        assert_eq!(whole.get(&name), Some(&bytes), "{name}");
    }
}

/// Papers are made some at a time, while the next ones are searched for.
#[test]
fn many_papers_are_the_same_on_any_number_of_threads() {
    let desk = Desk::new(&[("exam.yaml", EXAM)]);
    for threads in ["1", "2", "5"] {
        let done = desk.run_on(&format!("variants exam.yaml --count 150 -o {threads}"), threads);
        assert_eq!(done.status, Some(0), "{}", done.err);
    }
    let alone = desk.files("1");
    let numbers = alone.keys().filter(|name| name.ends_with("/handout.md")).count();
    assert_eq!(numbers, 150);
    assert!(alone == desk.files("2"), "two threads write something else");
    assert!(alone == desk.files("5"), "five threads write something else");
}

#[test]
fn what_is_wrong_with_an_earlier_paper_is_said_before_that_there_are_too_few() {
    // Of 90 variants, 64 are made first; that there are no 100 is found meanwhile.
    let fewer = EXAM.replace("[0.5, 3]", "[0.5, 1]");
    let wrong = fewer.replace("Start from", "Start from << nowhere >>");
    let desk = Desk::new(&[("fewer.yaml", &fewer), ("wrong.yaml", &wrong)]);
    let done = desk.run("variants fewer.yaml --count 100");
    assert_eq!(done.status, Some(1), "{}", done.err);
    assert!(done.err.contains("only 90 variants exist"), "{}", done.err);
    let said = desk.refused("variants wrong.yaml --count 100");
    assert!(said.contains("variant 1: wrong.yaml:"), "{said}");
    assert!(said.contains("there is no `nowhere` here"), "{said}");
    assert!(!desk.path("output").join("fewer").exists() && !desk.path("output/wrong").exists());
}

#[test]
fn shards_of_other_scenarios_are_not_joined() {
    let desk = Desk::new(&[("exam.yaml", EXAM)]);
    desk.done("variants exam.yaml --count 4 --shard 1/2");
    assert!(desk.refused("variants exam.yaml --merge").contains("shard 2 of 2"));
    desk.done("variants exam.yaml --count 4 --shard 2/2 --seed 8");
    assert!(desk.refused("variants exam.yaml --merge").contains("another run"));
    desk.done("variants exam.yaml --count 4 --shard 2/2");
    std::fs::write(desk.path("exam.yaml"), EXAM.replace("Steps", "Two steps")).unwrap();
    assert!(desk.refused("variants exam.yaml --merge").contains("another version"));
    std::fs::write(desk.path("exam.yaml"), EXAM).unwrap();
    desk.done("variants exam.yaml --merge");
    assert!(desk.refused("variants exam.yaml --merge").contains("no shards"));
}

/// The value of a trace at a path such as `neuron.sgd.t1.w`, by plain walking.
fn walk<'v>(trace: &'v Value, path: &str) -> &'v Value {
    let parts: Vec<&str> = path.split('.').collect();
    let run = &trace["setups"][parts[0]]["runs"][parts[1]];
    let t: usize = parts[2].trim_start_matches('t').parse().unwrap();
    let record = &run["iterations"][t];
    match parts[3..] {
        [name] => &record["parameters"][name],
        [state, name] => &record["state"][state][name],
        _ => panic!("{path}"),
    }
}

#[test]
fn the_key_is_what_the_trace_of_each_variant_says() {
    let desk = Desk::new(&[("exam.yaml", EXAM)]);
    desk.done("variants exam.yaml --count 5 --seed 3");
    let rows = key(&desk.text("output/exam/variants/key.csv"));
    assert_eq!(rows.len(), 5 * 5);
    let page = desk.text("output/exam/variants/key.html");
    let manifest = desk.manifest("output/exam/variants/manifest.json");
    for number in 1..=5 {
        let trace = desk.done(&format!("trace exam.yaml --variant {number} --seed 3"));
        let trace: Value = serde_json::from_str(&trace).unwrap();
        let own: Vec<_> = rows.iter().filter(|row| row[0] == number.to_string()).collect();
        let section = page.split("<section").nth(number).unwrap();
        let entry = &manifest["variants"][number - 1];
        assert!(section.contains(entry["code"].as_str().unwrap()));
        assert_eq!(walk(&trace, "neuron.sgd.t0.w")["exact"], entry["variables"]["w0"]);
        for row in own {
            let value = walk(&trace, &row[2]);
            assert_eq!(value["decimal"], row[4], "{row:?}");
            assert_eq!(value["exact"].as_str().unwrap_or_default(), row[3], "{row:?}");
            // What prints is within half a unit of its last digit, and so says the key.
            let [decimal, shown, reach] = [4, 5, 6].map(|cell| row[cell].parse::<f64>().unwrap());
            assert!((decimal - shown).abs() <= reach * 1.000_001 + 1e-30, "{row:?}");
            assert!(section.contains(&row[5]), "{row:?}");
            let places = row[5].split_once('.').map_or(0, |(_, places)| places.len());
            let unit: f64 = format!("1e-{places}").parse().unwrap();
            assert!(reach == 0.0 || (reach / unit - 0.5).abs() < 1e-9, "{row:?}");
        }
        // The paper says how many digits are wanted, and whose it is; never the seed.
        for paper in ["handout.md", "handout.html", "solutions.md"] {
            let path = format!("output/exam/variants/variant-{number:03}/{paper}");
            let text = desk.text(&path);
            assert!(text.contains("Answers to 4 significant digits"), "{path}");
            assert!(text.contains(entry["code"].as_str().unwrap()), "{path}");
        }
    }
}

#[test]
fn the_report_counts_what_the_key_has() {
    let desk = Desk::new(&[("exam.yaml", EXAM)]);
    desk.done("variants exam.yaml --count 40 --to md --audience handout");
    let rows = key(&desk.text("output/exam/variants/key.csv"));
    let report = desk.text("output/exam/variants/report.md");
    assert!(report.contains("40 variants"));
    for path in ["sgd.t1.w", "sgd.t1.b", "sgd.t2.w", "adam.t2.w", "adam.t2.u.b"] {
        let whole = format!("neuron.{path}");
        let own: Vec<&str> =
            rows.iter().filter(|row| row[2] == whole).map(|row| row[5].as_str()).collect();
        assert_eq!(own.len(), 40);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for value in own {
            *counts.entry(value).or_default() += 1;
        }
        let most = counts.values().max().unwrap();
        let line = report
            .lines()
            .find(|line| line.starts_with('|') && line.contains(&format!("| {path} |")))
            .unwrap_or_else(|| panic!("{path}: {report}"));
        assert!(line.contains(&format!("| {} |", counts.len())), "{line}");
        let common = line.rsplit('|').nth(1).unwrap().trim();
        match most {
            1 => assert_eq!(common, ""),
            most => {
                let (value, rest) = common.split_once(' ').unwrap();
                assert_eq!(counts[value], *most, "{line}");
                assert_eq!(rest, format!("({most} of 40)"), "{line}");
            }
        }
    }
    // The parts that two variants share, found by comparing all pairs.
    let mut sets: BTreeMap<(&str, Vec<&str>), Vec<&str>> = BTreeMap::new();
    for number in 1..=40 {
        let number = number.to_string();
        for part in ["1a", "1b", "1c"] {
            let own = rows.iter().filter(|row| row[0] == number && row[1] == part);
            let own: Vec<&Vec<String>> = own.collect();
            let values = own.iter().map(|row| row[5].as_str()).collect();
            sets.entry((part, values)).or_default().push(own[0][0].as_str());
        }
    }
    for ((part, _), variants) in sets.iter().filter(|(_, variants)| variants.len() > 1) {
        let mut sorted: Vec<u32> = variants.iter().map(|number| number.parse().unwrap()).collect();
        sorted.sort_unstable();
        let list: Vec<String> = sorted.iter().map(u32::to_string).collect();
        let line = format!("- {part}: variants {}", list.join(", "));
        let hidden = report.contains(&format!("- {part}: and "));
        assert!(report.contains(&line) || hidden, "{line} in {report}");
    }
}

fn codes(manifest: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let entries = manifest["variants"].as_array().unwrap().iter();
    entries.map(|entry| (text(&entry["student"]), text(&entry["code"]))).collect()
}

#[test]
fn a_students_paper_hangs_on_the_student_alone() {
    let reordered = "id,name\nnew,Eve\ns2,\ns1,Bob $x$ <b> |\nzz,Zoe\ns3,\"Lovelace, *Ada*\"\n";
    let desk = Desk::new(&[("exam.yaml", EXAM), ("a.csv", ROSTER), ("b.csv", reordered)]);
    desk.done("variants exam.yaml --students a.csv -o a");
    desk.done("variants exam.yaml --students b.csv -o b");
    let (a, b) = ("a/exam/variants/", "b/exam/variants/");
    let (first, second) =
        (desk.manifest(&format!("{a}manifest.json")), desk.manifest(&format!("{b}manifest.json")));
    let (first, second) = (codes(&first), codes(&second));
    assert_eq!((first.len(), second.len()), (4, 5));
    for student in ["s1", "s2", "s3"] {
        assert_eq!(first[student], second[student], "{student}");
    }
    assert_eq!(first.values().collect::<BTreeSet<_>>().len(), 4);
    // The first row's paper is variant 1 there, and the fifth row's here.
    let paper =
        |folder: &str, number: u64| desk.text(&format!("{folder}variant-{number:03}/handout.html"));
    assert_eq!(paper(a, 1), paper(b, 5));
    assert!(paper(a, 1).contains("<em>Lovelace, *Ada* (s3) · Paper"));
    assert!(paper(a, 2).contains("<em>Bob $x$ &lt;b&gt; | (s1) · Paper"));
    assert!(paper(a, 3).contains("<em>s2 · Paper"));
    // Names are on the papers alone.
    for name in ["manifest.json", "key.csv", "key.html", "report.md"] {
        let text = desk.text(&format!("{a}{name}"));
        assert!(!text.contains("Lovelace") && !text.contains("/C calc"), "{name}");
    }
    assert!(desk.text(&format!("{a}key.html")).contains("for =1+1"));
    // No cell of the key is a formula of a spreadsheet.
    for row in key(&desk.text(&format!("{a}key.csv"))) {
        for cell in row {
            assert!(!cell.starts_with(['=', '+', '@', '\t']), "{cell}");
        }
    }
    let alone = desk.done("variants exam.yaml --students a.csv --only 2 -o alone");
    assert_eq!(alone, "");
    assert_eq!(desk.text("alone/exam/variants/variant-002/handout.html"), paper(a, 2));
}

#[test]
fn a_wrong_roster_is_refused_with_its_lines() {
    let desk = Desk::new(&[
        ("exam.yaml", EXAM),
        ("twice.csv", "id,name\ns1,Ada\n\ns1,Bob\n,Eve\n"),
        ("head.csv", "number;name\n"),
    ]);
    let told = desk.refused("variants exam.yaml --students twice.csv");
    assert_eq!(
        told,
        "twice.csv:4:1: the id `s1` stands in line 2 already\n  |\n4 | s1,Bob\n  | ^^^^^^\n\n\
         twice.csv:5:1: the id is missing\n  |\n5 | ,Eve\n  | ^^^^\n\n\
         2 problems in twice.csv\n"
    );
    assert!(desk.refused("variants exam.yaml --students head.csv").contains("`id,name`"));
    desk.refused("variants exam.yaml --students absent.csv");
    std::fs::write(desk.path("a.csv"), ROSTER).unwrap();
    assert!(desk.refused("variants exam.yaml --students a.csv --only 9").contains("4 students"));
    assert!(!desk.path("output/exam/variants").exists());
}

#[test]
fn a_code_leads_to_its_variant() {
    let desk = Desk::new(&[("exam.yaml", EXAM), ("a.csv", ROSTER)]);
    desk.done("variants exam.yaml --count 12 --to md --audience handout");
    let manifest = desk.manifest("output/exam/variants/manifest.json");
    let entry = &manifest["variants"][8];
    let code = entry["code"].as_str().unwrap();
    let w0 = entry["variables"]["w0"].as_str().unwrap();
    let expected_end = format!("w0 = {w0}\n");
    let typed = [code.to_owned(), code.to_lowercase().replace('-', ""), code.replace('0', "O")];
    for code in &typed {
        let told = desk.done(&format!("variants exam.yaml --identify {code}"));
        assert!(told.starts_with("variant 9\nalpha = "), "{told}");
        assert!(told.ends_with(&expected_end), "{told}");
    }
    // From the seed alone, and from a manifest that lies elsewhere.
    std::fs::rename(desk.path("output"), desk.path("kept")).unwrap();
    assert!(desk.refused(&format!("variants exam.yaml --identify {code}")).contains("--count"));
    let by_seed = desk.done(&format!("variants exam.yaml --identify {code} --count 12 --seed 7"));
    let kept = "--manifest kept/exam/variants/manifest.json";
    assert_eq!(desk.done(&format!("variants exam.yaml --identify {code} {kept}")), by_seed);
    let none = desk.refused(&format!("variants exam.yaml --identify ZZZZ-ZZZZ {kept}"));
    assert!(none.contains("`ZZZZ-ZZZZ`"), "{none}");
    let other = desk.refused(&format!("variants exam.yaml --identify {code} --count 12 --seed 8"));
    assert!(other.contains("no paper"), "{other}");
    // A student's paper.
    desk.done("variants exam.yaml --students a.csv");
    let codes = codes(&desk.manifest("output/exam/variants/manifest.json"));
    let told = desk.done(&format!("variants exam.yaml --identify {}", codes["s1"]));
    assert!(told.starts_with("variant 2\nstudent s1\n"), "{told}");
}

#[test]
fn papers_are_made_again_after_a_correction() {
    let desk = Desk::new(&[("exam.yaml", EXAM), ("a.csv", ROSTER)]);
    desk.done("variants exam.yaml --count 6 --seed 4");
    let before = desk.files("output/exam/variants");
    let again = "variants exam.yaml --reissue output/exam/variants/manifest.json";
    assert_eq!(desk.done(again), "0 of 6 papers changed, 0 answers changed\n");
    assert_eq!(desk.files("output/exam/variants"), before);
    // Another target moves every second step of SGD, whose derivative is not zero, and no
    // first one; the paper's text shows it nowhere else.
    let corrected = EXAM.replace("y: 2}", "y: 3}").replace("The first step", "One step");
    std::fs::write(desk.path("exam.yaml"), &corrected).unwrap();
    let old = key(&desk.text("output/exam/variants/key.csv"));
    let told = desk.done(again);
    let new = key(&desk.text("output/exam/variants/key.csv"));
    let mut changed = 0;
    for (old, new) in old.iter().zip(&new) {
        assert_eq!(old[..3], new[..3]);
        let line = format!("  {} {}: {} is now {}\n", old[1], old[2], old[5], new[5]);
        assert_eq!(told.contains(&line), old[5] != new[5], "{line} in {told}");
        changed += usize::from(old[4] != new[4]);
    }
    assert!(changed > 0 && told.contains("variant-003: handout.html, handout.md"), "{told}");
    assert!(told.ends_with(&format!("6 of 6 papers changed, {changed} answers changed\n")));
    // The variants are the old ones, though the corrected scenario may draw others.
    let manifest = desk.manifest("output/exam/variants/manifest.json");
    let earlier: Value = serde_json::from_slice(&before["manifest.json"]).unwrap();
    for (now, then) in manifest["variants"].as_array().unwrap().iter().zip(0..) {
        assert_eq!(now["variables"], earlier["variants"][then]["variables"]);
        assert_eq!(now["code"], earlier["variants"][then]["code"]);
    }
    // An assignment that no longer fits is named, and nothing is written.
    let kept = desk.files("output/exam/variants");
    let narrower = corrected.replace("integers: [1, 5]", "integers: [3, 5]");
    std::fs::write(desk.path("exam.yaml"), narrower).unwrap();
    let misfits = desk.refused(again);
    let strict = format!("{corrected}require: [sgd.t1.w < 0]\n");
    std::fs::write(desk.path("exam.yaml"), strict).unwrap();
    let broken = desk.refused(again);
    for entry in manifest["variants"].as_array().unwrap() {
        let number = entry["variant"].as_u64().unwrap();
        let x1 = entry["variables"]["x1"].as_str().unwrap();
        let gone = x1.parse::<u32>().unwrap() < 3;
        let line = format!("variant {number}: `x1` can't be {x1} now");
        assert_eq!(misfits.contains(&line), gone, "{misfits}");
        let w1 = old.iter().find(|row| row[0] == number.to_string()).unwrap();
        let line = format!("variant {number}: does not meet `sgd.t1.w < 0`");
        assert_eq!(broken.contains(&line), !w1[5].starts_with('-'), "{w1:?} {broken}");
    }
    assert_eq!(desk.files("output/exam/variants"), kept);
}

#[test]
fn papers_of_students_are_made_again_with_their_names() {
    let desk = Desk::new(&[("exam.yaml", EXAM), ("a.csv", ROSTER)]);
    desk.done("variants exam.yaml --students a.csv");
    let again = "variants exam.yaml --reissue output/exam/variants/manifest.json";
    assert!(desk.refused(again).contains("--students"));
    assert_eq!(
        desk.done(&format!("{again} --students a.csv")),
        "0 of 4 papers changed, 0 answers changed\n"
    );
    std::fs::write(desk.path("a.csv"), "id,name\ns1,Bob\ns2,\ns9,New\n").unwrap();
    let told = desk.refused(&format!("{again} --students a.csv"));
    assert!(told.contains("variant 1: the student `s3` is not in the roster"), "{told}");
    assert!(told.contains("variant 4: the student `=1+1` is not in the roster"), "{told}");
}

/// Two steps with one free number each, so that every value can be followed by hand:
/// z = w·x + b, loss ½z² where z is positive.
const BY_HAND: &str = "title: By hand
variables:
  alpha: {choose: [0.5, 0.25], default: 0.5}
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
      sgd: {kind: sgd, learning_rate: alpha}
      momentum: {kind: momentum, learning_rate: alpha, beta: 0.5}
cells:
  - question: Steps
    text: Two steps.
    parts:
      - ask: The gradient?
        answers: [sgd.t1.grad.w]
      - ask: One step?
        answers: [sgd.t1.w, sgd.t1.b]
      - ask: Two steps?
        answers: [sgd.t2.w, sgd.t2.b]
      - ask: With momentum?
        answers: [momentum.t1.u.w, momentum.t2.w, momentum.t2.u.w]
";

#[test]
fn later_answers_follow_from_a_students_own_value() {
    let desk = Desk::new(&[("exam.yaml", BY_HAND)]);
    desk.done("variants exam.yaml --count 2 --to md --audience handout");
    let manifest = desk.manifest("output/exam/variants/manifest.json");
    let half = manifest["variants"].as_array().unwrap().iter();
    let mut half = half.filter(|entry| entry["variables"]["alpha"] == "1/2");
    let number = half.next().unwrap()["variant"].as_u64().unwrap();
    // With α = ½: z = 2, gradient (6, 2), w = -2, b = -2; then z = 4, gradient (-12, 4),
    // w = 4, b = -4. Momentum: u = 3, 1; w = -½, b = -1½; z = 0, so u = 1½ and w = -1¼.
    let table: [(&str, &[&str], &[&str]); 9] = [
        // Gradient 4 instead of 6: w = -1; z = 3 - 2 = 1, gradient (-3, 1).
        (
            "1a=4",
            &[
                "neuron.sgd.t1.grad.w = 4, right is 6",
                "1b neuron.sgd.t1.w: -1 follows, right is -2",
                "1b neuron.sgd.t1.b: -2, as in the key",
                "1c neuron.sgd.t2.w: 0.5 follows, right is 4",
                "1c neuron.sgd.t2.b: -2.5 follows, right is -4",
            ],
            &["1d", "caution"],
        ),
        // A sign slip: w = 4; then z = -12 - 2 is negative, and nothing moves.
        (
            "sgd.t1.w=4",
            &[
                "1c neuron.sgd.t2.w: 4, as in the key",
                "1c neuron.sgd.t2.b: -2 follows, right is -4",
                "caution: the gradient is zero in iteration 2",
                "caution: `y_hat` is off in iteration 2",
            ],
            &["1b", "1d"],
        ),
        // Both of them: w = 1/3, b = 2: z = 1, gradient (-3, 1): 1/3 + 3/2, 2 - 1/2.
        (
            "neuron.sgd.t1.w=1/3 neuron.sgd.t1.b=2",
            &[
                "neuron.sgd.t1.w = 1/3, right is -2",
                "1c neuron.sgd.t2.w: 1.833 ± 0.0005 follows, right is 4",
                "1c neuron.sgd.t2.b: 1.5 follows, right is -4",
            ],
            &["1d", "caution"],
        ),
        // The forward pass: z = 4 gives gradient (12, 4), w = -5, b = -3; z = 12.
        (
            "sgd.t1.z=4",
            &[
                "1a neuron.sgd.t1.grad.w: 12 follows, right is 6",
                "1b neuron.sgd.t1.w: -5 follows, right is -2",
                "1c neuron.sgd.t2.w: 13 follows, right is 4",
                "1c neuron.sgd.t2.b: -9 follows, right is -4",
            ],
            &["1d", "caution"],
        ),
        // A state: the factor 1 - β forgotten, u = 6: w = -2, b = -1½; z = 4½, gradient -13½;
        // u = -3¾ and w = -2 + 1⅞.
        (
            "momentum.t1.u.w=6",
            &[
                "1d neuron.momentum.t2.w: -0.125 follows, right is -1.25",
                "1d neuron.momentum.t2.u.w: -3.75 follows, right is 1.5",
            ],
            &["1a", "1b", "1c", "caution"],
        ),
        // A parameter that is zero.
        (
            "momentum.t1.w=0",
            &[
                "1d neuron.momentum.t2.w: -0.75 follows, right is -1.25",
                "1d neuron.momentum.t2.u.w: 1.5, as in the key",
                "caution: neuron.momentum.t1.w is 0 here",
            ],
            &["is off", "gradient is zero"],
        ),
        // A right value changes nothing, and is told to be right.
        (
            "1a=6",
            &["1c neuron.sgd.t2.w: 4, as in the key", "caution: neuron.sgd.t1.grad.w is right"],
            &["follows, right"],
        ),
        ("sgd.t2.w=1", &["neuron.sgd.t2.w = 1, right is 4", "nothing else"], &["caution"]),
        // w = -1, b = -3 brings the second pre-activation onto the kink.
        (
            "sgd.t1.w=-1 sgd.t1.b=-3",
            &[
                "caution: the gradient is zero in iteration 2",
                "caution: the argument in `y_hat` is exactly on a kink in iteration 2",
                "neuron.sgd.t2.w is neuron.sgd.t1.w again, so it can be copied",
            ],
            &["`y_hat` is off"],
        ),
    ];
    for (typed, present, absent) in table {
        let told = desk.done(&format!("variants exam.yaml --regrade variant-{number} {typed}"));
        assert!(told.starts_with(&format!("variant-00{number} ")), "{told}");
        for text in present {
            assert!(told.contains(text), "{typed}: {text} in\n{told}");
        }
        for text in absent {
            assert!(!told.contains(text), "{typed}: {text} in\n{told}");
        }
    }
    // The same from the seed, and from a file, where rows of one variant are taken together.
    let typed = "sgd.t1.w=1/3 sgd.t1.b=2";
    let told = desk.done(&format!("variants exam.yaml --regrade variant-{number} {typed}"));
    let rows = format!("variant,path,value\n{number},sgd.t1.w,1/3\nvariant-{number},1a,6\n");
    let rows = format!("{rows}{number},sgd.t1.b,2\n");
    std::fs::write(desk.path("own.csv"), rows).unwrap();
    let listed = desk.done("variants exam.yaml --regrade own.csv");
    assert!(listed.starts_with(&told), "{listed}");
    assert_eq!(listed.matches(&format!("variant-00{number} ")).count(), 2);
    std::fs::remove_dir_all(desk.path("output")).unwrap();
    let seeded = desk
        .done(&format!("variants exam.yaml --seed 0 --count 2 --regrade variant-{number} {typed}"));
    assert_eq!(seeded, told);
}

#[test]
fn what_can_not_be_regraded_is_refused() {
    let desk = Desk::new(&[("exam.yaml", BY_HAND)]);
    desk.done("variants exam.yaml --count 2 --to md --audience handout");
    let table = [
        ("variant-1 1b=3", "name one of neuron.sgd.t1.w, neuron.sgd.t1.b"),
        ("variant-1 1z=3", "neither a part with an answer nor a path"),
        ("variant-1 sgd.t1.w=x", "is no number"),
        ("variant-1 sgd.t1.w", "is no value"),
        ("variant-1", "needs a value"),
        ("variant-3 1a=1", "no variant `variant-3` among the 2"),
        ("variant-1 sgd.t0.w=1", "is given"),
        ("variant-1 data.d1.x=1", "is given"),
        ("variant-1 sgd.t1.x=1", "is given"),
        ("variant-1 sgd.learning_rate=1", "is given"),
        ("variant-1 sgd.t1.loss=1", "parameters (`sgd.t1.w`)"),
        ("variant-1 sgd.t1.adjoint.z=1", "parameters (`sgd.t1.w`)"),
        ("absent.csv", "absent.csv"),
    ];
    for (typed, expected) in table {
        let told = desk.refused(&format!("variants exam.yaml --regrade {typed}"));
        assert!(told.contains(expected), "{typed}: {told}");
    }
}
