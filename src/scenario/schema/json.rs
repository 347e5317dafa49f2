//! Tables as JSON Schema, draft 2020-12.
//!
//! Each table is a definition, named like its mapping. A mapping with kinds is `anyOf` complete
//! objects, told apart by a constant or by the key that only one of them has: editors then offer
//! every kind, and report what is wrong with the one that fits best. What can't stand beside a key
//! is said by `if` and `then`, which editors of older drafts know too.

use serde_json::{Map, Value, json};

use super::super::setup::RESERVED;
use super::{Bounds, Branch, Entry, Holds, Mapping, Names, Needed};

/// A name in formulas.
const NAME: &str = "[A-Za-z][A-Za-z0-9_]*";
/// What an expression is made of: numbers, names, and what stands between them. Each ends where
/// nothing more could belong to it, so that there is one way to read a text.
const EXPRESSION: &str = concat!(
    r"^(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![A-Za-z0-9_])",
    r"|[A-Za-z][A-Za-z0-9_]*(?![A-Za-z0-9_])",
    r"|[+*/^@.,=() \t\r\n-])+$",
);

/// The schema of a mapping, with all that it leads to.
#[must_use]
pub fn text_of(mapping: &'static Mapping) -> String {
    let mut all: Vec<&'static Mapping> = Vec::new();
    collect(mapping, &mut all);
    let mut schema = Map::new();
    schema.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("title".into(), mapping.name.into());
    // Alternatives of the top stand in a definition, where `$ref` finds them.
    schema.extend(of_mapping(mapping));
    let definitions = all.iter().skip(1).map(|one| (one.name.to_owned(), of_mapping(one).into()));
    schema.insert("$defs".into(), Value::Object(definitions.collect()));
    format!("{:#}\n", Value::Object(schema))
}

/// The mapping and those in it, each once.
fn collect(mapping: &'static Mapping, all: &mut Vec<&'static Mapping>) {
    if all.iter().any(|known| std::ptr::eq(*known, mapping)) {
        return;
    }
    debug_assert!(!all.iter().any(|known| known.name == mapping.name), "two tables: {mapping:?}");
    all.push(mapping);
    let entries = mapping.kinds().iter().flat_map(Branch::entries);
    mapping.keys.iter().chain(entries).for_each(|entry| below(&entry.holds, all));
}

fn below(holds: &Holds, all: &mut Vec<&'static Mapping>) {
    match holds {
        Holds::Mapping(mapping) => collect(mapping, all),
        Holds::List(_, _, inner) | Holds::Entries(_, _, inner) | Holds::Single(inner) => {
            below(inner, all);
        }
        Holds::Either(list) => list.iter().for_each(|one| below(one, all)),
        _ => {}
    }
}

fn of_mapping(mapping: &'static Mapping) -> Map<String, Value> {
    let mut schema = Map::new();
    schema.insert("description".into(), mapping.meaning.into());
    if mapping.kinds().is_empty() {
        let entries: Vec<&Entry> = mapping.keys.iter().collect();
        schema.extend(object(&entries));
        return schema;
    }
    let branch = |branch: &'static Branch| {
        let entries: Vec<&Entry> = branch.entries().chain(mapping.keys).collect();
        let mut kind = Map::new();
        let name = match branch.key.holds {
            Holds::Word(word) => word,
            _ => branch.key.name,
        };
        kind.insert("title".into(), name.into());
        if !branch.meaning.is_empty() {
            kind.insert("description".into(), branch.meaning.as_str().into());
        }
        kind.extend(object(&entries));
        Value::Object(kind)
    };
    schema.insert("type".into(), "object".into());
    schema.insert("anyOf".into(), mapping.kinds().iter().map(branch).collect());
    schema
}

/// An object with these keys and no other.
fn object(entries: &[&Entry]) -> Map<String, Value> {
    let properties: Map<String, Value> =
        entries.iter().map(|entry| (entry.name.to_owned(), property(entry))).collect();
    let required = entries.iter().filter(|entry| entry.needed == Needed::Yes);
    let required: Vec<&str> = required.map(|entry| entry.name).collect();
    let mut rules: Vec<Value> = Vec::new();
    for entry in entries {
        if let Needed::Unless(other) = entry.needed {
            rules.push(json!({
                "if": {"not": {"required": [other]}},
                "then": {"required": [entry.name]},
            }));
        }
        if !entry.without.is_empty() {
            let none = entry.without.iter().map(|other| ((*other).to_owned(), Value::Bool(false)));
            let none: Map<String, Value> = none.collect();
            rules.push(json!({
                "if": {"required": [entry.name]},
                "then": {"properties": none},
            }));
        }
    }
    let mut schema = Map::new();
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), properties.into());
    schema.insert("required".into(), required.into());
    schema.insert("additionalProperties".into(), false.into());
    if !rules.is_empty() {
        schema.insert("allOf".into(), rules.into());
    }
    schema
}

fn property(entry: &Entry) -> Value {
    let mut schema = Map::new();
    let meaning = match entry.default {
        Some(default) => format!("{}\n\nDefault: {default}", entry.meaning),
        None => entry.meaning.to_owned(),
    };
    schema.insert("description".into(), meaning.into());
    schema.extend(of_value(&entry.holds));
    if let Some(default) = entry.default {
        schema.insert("default".into(), written(default));
    }
    schema.into()
}

/// A scalar as YAML reads it.
fn written(text: &str) -> Value {
    match text {
        "true" => true.into(),
        "false" => false.into(),
        _ => match text.parse::<serde_json::Number>() {
            Ok(number) => number.into(),
            Err(_) => text.into(),
        },
    }
}

fn of_value(holds: &Holds) -> Map<String, Value> {
    let schema = match holds {
        Holds::Text => json!({"type": ["string", "number", "boolean"]}),
        Holds::Filled => json!({"type": ["string", "number", "boolean"], "pattern": r"\S"}),
        Holds::Form(form) => json!({"type": "string", "pattern": form}),
        Holds::Lines => json!({"type": "string", "pattern": "="}),
        Holds::Truth => json!({"type": "boolean"}),
        Holds::Decimal(bounds) => with("number", json!({}), *bounds),
        Holds::Whole(least, most) => {
            let mut schema = json!({"minimum": least});
            if *most < u64::MAX {
                schema["maximum"] = json!(most);
            }
            number_or_name(schema)
        }
        Holds::Counted(least) => number_or_name(json!({"minimum": least})),
        Holds::Exact(bounds) => {
            let number = if matches!(bounds, Bounds::Whole(..)) { "integer" } else { "number" };
            with_bounds(json!({"type": [number, "string"], "pattern": EXPRESSION}), *bounds)
        }
        Holds::Word(word) => json!({"const": written(word)}),
        Holds::Words(_) | Holds::Listed(_) | Holds::Some(_) => {
            let words = holds.words().unwrap_or_default();
            json!({"enum": words.into_iter().map(written).collect::<Vec<_>>()})
        }
        Holds::List(least, most, inner) => {
            let mut schema = json!({"type": "array", "items": of_value(inner)});
            if *least > 0 {
                schema["minItems"] = json!(least);
            }
            if *most < usize::MAX {
                schema["maxItems"] = json!(most);
            }
            schema
        }
        Holds::Entries(least, names, inner) => {
            let mut schema = json!({"type": "object", "additionalProperties": of_value(inner)});
            if let Some(pattern) = pattern_of(*names) {
                schema["propertyNames"] = json!({"pattern": pattern});
            }
            if *least > 0 {
                schema["minProperties"] = json!(least);
            }
            schema
        }
        Holds::Single(inner) => json!({
            "type": "object",
            "additionalProperties": of_value(inner),
            "minProperties": 1,
            "maxProperties": 1,
        }),
        Holds::Mapping(mapping) => json!({"$ref": format!("#/$defs/{}", mapping.name)}),
        Holds::Either(list) => {
            json!({"anyOf": list.iter().map(of_value).map(Value::from).collect::<Vec<_>>()})
        }
    };
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

fn with(kind: &str, mut schema: Value, bounds: Bounds) -> Value {
    schema["type"] = json!(kind);
    with_bounds(schema, bounds)
}

fn with_bounds(mut schema: Value, bounds: Bounds) -> Value {
    let mut set = |name: &str, number: i32| schema[name] = json!(number);
    match bounds {
        Bounds::None => {}
        Bounds::From(least) => set("minimum", least),
        Bounds::Above(least) => set("exclusiveMinimum", least),
        Bounds::Within(least, most) | Bounds::Whole(least, most) => {
            set("minimum", least);
            set("maximum", most);
        }
        Bounds::Rate => {
            set("minimum", 0);
            set("exclusiveMaximum", 1);
        }
    }
    schema
}

/// A whole number, in whose place a variable's name may stand.
fn number_or_name(mut schema: Value) -> Value {
    schema["type"] = json!(["integer", "string"]);
    schema["pattern"] = json!(format!("^{NAME}$"));
    schema
}

fn pattern_of(names: Names) -> Option<String> {
    let free = || format!("(?!(?:{}|[et][0-9]+)$)", RESERVED.join("|"));
    match names {
        Names::Any => None,
        Names::Plain => Some(format!("^{NAME}$")),
        Names::New => Some(format!("^{}{NAME}$", free())),
        Names::Family => Some(format!(r"^{}{NAME}(?:\{{[^{{}}]*\}}[A-Za-z0-9_]*)*$", free())),
    }
}
