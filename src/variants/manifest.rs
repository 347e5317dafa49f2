//! The manifest: what each variant's variables stand for.

use serde_json::{Map, Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::number::{Real, parse_exact};
use crate::scenario::{Assignment, Exam, Feature};

use super::code::code;
use super::exact;
use super::search::Variant;

/// Version of the manifest's form.
pub const FORMAT: u64 = 1;

/// The head of a manifest, without its variants.
pub fn head(exam: &Exam, stem: &str, seed: u64) -> Map<String, Json> {
    let mut map = Map::new();
    map.insert("format".into(), json!(FORMAT));
    map.insert("version".into(), json!(env!("CARGO_PKG_VERSION")));
    map.insert("stem".into(), json!(stem));
    map.insert("seed".into(), json!(seed));
    map.insert("scenario_sha256".into(), json!(digest(exam.text())));
    map
}

/// A manifest's text up to its first variant.
pub fn opening(head: &Map<String, Json>) -> String {
    let mut text = "{\n".to_owned();
    for (name, value) in head {
        text.push_str(&format!("  {}: {value},\n", json!(name)));
    }
    text + "  \"variants\": ["
}

/// One variant in a manifest's text.
pub fn item(entry: &Json, first: bool) -> String {
    let comma = if first { "" } else { "," };
    format!("{comma}\n    {entry}")
}

/// What ends a manifest's text.
pub const CLOSING: &str = "\n  ]\n}\n";

/// The entry of one variant.
pub fn entry(stem: &str, variant: &Variant) -> Json {
    let variables: Map<String, Json> =
        variant.assignment.iter().map(|(name, value)| (name.to_owned(), value_of(value))).collect();
    let difficulty: Map<String, Json> = Feature::ALL
        .iter()
        .map(|(word, feature)| ((*word).to_owned(), json!(variant.fingerprint.count(*feature))))
        .collect();
    json!({
        "variant": variant.number,
        "code": code(stem, &variant.assignment),
        "variables": variables,
        "difficulty": difficulty,
    })
}

fn value_of(value: &Real) -> Json {
    json!(exact(value))
}

/// The SHA-256 digest of a text, in hexadecimal digits.
pub fn digest(text: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(text).into();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The assignment that an entry records, for the variables of an exam: free ones as recorded,
/// derived ones anew. `None` where a variable is missing or has a value that it can't have.
pub fn assignment(exam: &Exam, entry: &Json) -> Option<(u64, Assignment)> {
    let number = entry.get("variant")?.as_u64()?;
    let recorded = entry.get("variables")?.as_object()?;
    let mut picks = Vec::new();
    for variable in &exam.variables {
        picks.push(if variable.domain.is_free() {
            let text = recorded.get(&variable.name)?.as_str()?;
            variable.domain.position(&parse_exact(text).ok()?)?
        } else {
            0
        });
    }
    let assignment = crate::scenario::assign(&exam.variables, &picks).ok()?;
    Some((number, assignment))
}
