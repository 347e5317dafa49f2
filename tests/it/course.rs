//! The shipped course: what every sheet of it has.

use serde_yaml::Value;

use super::shipped;

/// A sheet as YAML.
fn yaml(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap()
}

/// Every mapping below a value.
fn mappings<'a>(value: &'a Value, found: &mut Vec<&'a serde_yaml::Mapping>) {
    match value {
        Value::Mapping(map) => {
            found.push(map);
            map.values().for_each(|inner| mappings(inner, found));
        }
        Value::Sequence(list) => list.iter().for_each(|inner| mappings(inner, found)),
        _ => {}
    }
}

#[test]
fn every_sheet_says_what_it_takes_and_marks_every_part() {
    let course = shipped::course();
    assert!(course.len() >= 14, "{}", course.len());
    for (name, text) in course {
        let sheet = yaml(&text);
        let minutes = sheet["minutes"].as_u64().unwrap_or_else(|| panic!("{name} has no minutes"));
        assert!((10..=60).contains(&minutes), "{name}: {minutes}");
        assert!(sheet["assumes"].is_string(), "{name} assumes nothing");
        let mut cells = Vec::new();
        mappings(&sheet["cells"], &mut cells);
        let asks: Vec<_> = cells.iter().filter(|cell| cell.contains_key("ask")).collect();
        assert!(asks.len() >= 6, "{name} asks {} times", asks.len());
        for ask in asks {
            assert!(ask.contains_key("marks"), "{name}: {:?} has no marks", ask["ask"]);
            let solved = ask.contains_key("solution") || ask.contains_key("answers");
            assert!(solved, "{name}: {:?} has no solution", ask["ask"]);
        }
        let figures =
            cells.iter().filter(|cell| cell.contains_key("plot") || cell.contains_key("graph"));
        assert!(figures.count() >= 1, "{name} has no figure");
    }
}

#[test]
fn every_figure_has_a_description_with_numbers_in_it() {
    for (name, text) in shipped::course() {
        for (file, content) in shipped::draft(&name, &text) {
            if !file.ends_with(".svg") || file.contains("graph") {
                continue;
            }
            let (_, rest) = content.split_once("<desc").unwrap_or_else(|| panic!("{name}: {file}"));
            let description = rest.split("</desc>").next().unwrap();
            let numbers =
                description.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty());
            assert!(numbers.count() >= 3, "{name}: {file}: {description}");
        }
    }
}

/// The sheet in two languages computes the same.
#[test]
fn a_translation_has_the_numbers_of_the_original() {
    let course = shipped::course();
    let sheet = |stem: &str| {
        let (_, text) = course.iter().find(|(name, _)| name.ends_with(stem)).unwrap();
        yaml(text)
    };
    let (english, german) = (sheet("02-gradient-descent"), sheet("02-gradientenabstieg"));
    assert_eq!(german["language"].as_str(), Some("de"));
    for key in ["variables", "require", "display"] {
        assert_eq!(english[key], german[key], "{key}");
    }
    let answers = |sheet: &Value| -> Vec<Value> {
        let mut cells = Vec::new();
        mappings(&sheet["cells"], &mut cells);
        cells.iter().filter_map(|cell| cell.get("answers").cloned()).collect()
    };
    assert_eq!(answers(&english), answers(&german));
    for (name, setup) in english["setups"].as_mapping().unwrap() {
        let other = &german["setups"][name];
        for key in ["model", "init", "data", "iterations", "batches"] {
            assert_eq!(setup.get(key), other.get(key), "{name:?}: {key}");
        }
    }
}
