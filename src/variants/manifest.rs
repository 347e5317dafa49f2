//! The manifest: what each variant's variables stand for.

use serde_json::{Map, Value as Json, json};
use sha2::{Digest as _, Sha256};

use crate::number::parse_exact;
use crate::scenario::{Exam, Feature};

use super::code::code;
use super::exact;
use super::fingerprint::Fingerprint;
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
pub fn item(entry: &Entry, first: bool) -> String {
    let comma = if first { "" } else { "," };
    format!("{comma}\n    {}", entry.to_json())
}

/// What ends a manifest's text.
pub const CLOSING: &str = "\n  ]\n}\n";

/// What a manifest says of one variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its number.
    pub number: u64,
    /// The code that its papers carry.
    pub code: String,
    /// The identifier of the student that it is for.
    pub student: Option<String>,
    /// Variables with what they stand for, exactly.
    pub variables: Vec<(String, String)>,
    /// How hard it is.
    pub difficulty: Fingerprint,
}

impl Entry {
    /// The entry of a variant.
    pub fn new(stem: &str, variant: &Variant, student: Option<&str>) -> Self {
        let variables = variant.assignment.iter();
        Self {
            number: variant.number,
            code: code(stem, &variant.assignment),
            student: student.map(str::to_owned),
            variables: variables.map(|(name, value)| (name.to_owned(), exact(value))).collect(),
            difficulty: variant.fingerprint.clone(),
        }
    }

    /// The entry as a manifest has it.
    pub fn to_json(&self) -> Json {
        let mut map = Map::new();
        map.insert("variant".into(), json!(self.number));
        map.insert("code".into(), json!(self.code));
        if let Some(student) = &self.student {
            map.insert("student".into(), json!(student));
        }
        let variables = self.variables.iter();
        let variables: Map<_, _> =
            variables.map(|(name, value)| (name.clone(), json!(value))).collect();
        map.insert("variables".into(), Json::Object(variables));
        let feature = |(word, feature): &(&str, Feature)| {
            ((*word).to_owned(), json!(self.difficulty.count(*feature)))
        };
        let difficulty: Map<_, _> = Feature::ALL.iter().map(feature).collect();
        map.insert("difficulty".into(), Json::Object(difficulty));
        Json::Object(map)
    }

    /// The entry that [`Entry::to_json`] wrote.
    pub fn of_json(json: &Json) -> Option<Self> {
        let text = |json: &Json| json.as_str().map(str::to_owned);
        let variables = json.get("variables")?.as_object()?.iter();
        let variable = |(name, value): (&String, &Json)| Some((name.clone(), text(value)?));
        let counts = Feature::ALL.iter().map(|(word, feature)| {
            let count = json.get("difficulty").and_then(|counts| counts.get(word)?.as_u64());
            (*feature, count.unwrap_or(0))
        });
        Some(Self {
            number: json.get("variant")?.as_u64()?,
            code: text(json.get("code")?)?,
            student: json.get("student").and_then(text),
            variables: variables.map(variable).collect::<Option<_>>()?,
            difficulty: Fingerprint::of_counts(counts),
        })
    }

    /// The numbers of the values that the free variables of an exam have here, in their order.
    ///
    /// # Errors
    ///
    /// The variables that are missing here, or that can't have the value.
    pub fn picks(&self, exam: &Exam) -> Result<Vec<u64>, Vec<Misfit>> {
        let mut picks = Vec::new();
        let mut misfits = Vec::new();
        for variable in &exam.variables {
            if !variable.domain.is_free() {
                picks.push(0);
                continue;
            }
            let recorded = self.variables.iter().find(|(name, _)| *name == variable.name);
            let value = recorded.map(|(_, value)| value.clone());
            let number = value.as_ref().and_then(|value| parse_exact(value).ok());
            match number.and_then(|number| variable.domain.position(&number)) {
                Some(pick) => picks.push(pick),
                None => misfits.push(Misfit { variable: variable.name.clone(), value }),
            }
        }
        if misfits.is_empty() { Ok(picks) } else { Err(misfits) }
    }
}

/// A variable that a manifest gives no value, or one that the variable can't have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misfit {
    /// The variable.
    pub variable: String,
    /// The value, if there is one.
    pub value: Option<String>,
}

/// A manifest that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifest {
    /// All but its variants.
    pub head: Map<String, Json>,
    /// Its variants, in their order.
    pub entries: Vec<Entry>,
}

impl Manifest {
    /// Reads a manifest's text.
    pub fn read(text: &str) -> Option<Self> {
        let Json::Object(mut head) = serde_json::from_str(text).ok()? else { return None };
        if head.get("format")?.as_u64()? != FORMAT {
            return None;
        }
        let list = head.shift_remove("variants")?;
        let entries = list.as_array()?.iter().map(Entry::of_json).collect::<Option<_>>()?;
        Some(Self { head, entries })
    }

    /// The seed that the variants were drawn with.
    pub fn seed(&self) -> Option<u64> {
        self.head.get("seed")?.as_u64()
    }
}

/// The SHA-256 digest of a text, in hexadecimal digits.
pub fn digest(text: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(text).into();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
