//! The full text of what is said about each document in `fixtures/yaml`.

use std::path::Path;

use gradsheet::scenario::{Problems, yaml};

#[test]
fn broken_documents_are_refused_in_these_words() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/yaml");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() >= 12, "the fixtures are gone");
    for name in names {
        let text = std::fs::read_to_string(folder.join(&name)).unwrap();
        let problems = yaml::read(&text).expect_err(&name);
        let problems = Problems::new(format!("fixtures/{name}"), text, problems);
        insta::assert_snapshot!(name.trim_end_matches(".yaml"), problems.to_string());
    }
}
