//! How papers are printed: the key `paper` of a scenario, and of a course file.
//!
//! | key | meaning |
//! |---|---|
//! | `size` | `a4` (default) or `letter` |
//! | `columns` | 1 (default) or 2 |
//! | `font_size` | `8pt` to `16pt`, `11pt` by default |
//! | `header`, `footer` | texts at the head and foot of every page |
//! | `logo` | an SVG, PNG or JPEG file below the folder, at the head of every page |
//! | `exam` | `true`: fields for name and student number, and a table for marks, on the handout |
//! | `archival` | `true`: PDF/A-2a beside PDF/UA-1 |

use std::path::Path;

use super::definition::{Logo, Printing, SheetSize};
use super::schema::PAPER;
use super::{Field, Fields, below};

/// The endings of pictures, and the bytes that such files begin with.
const PICTURES: [(&str, &[u8]); 4] = [
    (".svg", b""),
    (".png", b"\x89PNG\r\n\x1a\n"),
    (".jpg", b"\xff\xd8\xff"),
    (".jpeg", b"\xff\xd8\xff"),
];

/// Reads the key `paper` of a mapping; files lie below the folder.
pub fn printing(map: &mut Fields<'_>, folder: &Path) -> Printing {
    let Some(field) = map.take("paper") else { return Printing::default() };
    let Some(mut keys) = field.fields(&PAPER) else { return Printing::default() };
    let size = keys.choice("size", &[("a4", SheetSize::A4), ("letter", SheetSize::Letter)]);
    let columns = keys.unsigned_in("columns", 1..=2).and_then(|count| u8::try_from(count).ok());
    let font_size = keys.take("font_size").and_then(|field| points(&field));
    let mut text = |key| keys.text(key).map(|scalar| scalar.text.trim().to_owned());
    let (header, footer) = (text("header"), text("footer"));
    let logo = keys.take("logo").and_then(|field| logo(&field, folder));
    let exam = keys.truth("exam");
    let archival = keys.truth("archival");
    keys.finish();
    Printing { size, columns, font_size, header, footer, logo, exam, archival }
}

fn points(field: &Field<'_>) -> Option<f32> {
    let text: String = field.text()?.text.split_whitespace().collect();
    let digits = text.strip_suffix("pt").unwrap_or(&text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    match digits.parse::<f32>() {
        Ok(size) if plain && (8.0..=16.0).contains(&size) => Some(size),
        _ => field.expected("a size from `8pt` to `16pt`"),
    }
}

fn logo(field: &Field<'_>, folder: &Path) -> Option<Logo> {
    let name = &field.text()?.text;
    let lower = name.to_ascii_lowercase();
    let Some((ending, begins)) = PICTURES.iter().find(|(ending, _)| lower.ends_with(ending)) else {
        return field.expected("the name of an SVG, PNG or JPEG file");
    };
    let bytes = below::read(field, folder, name)?;
    let is_drawing = || std::str::from_utf8(&bytes).is_ok_and(|text| text.contains("<svg"));
    if !bytes.starts_with(begins) || (*ending == ".svg" && !is_drawing()) {
        field.refuse(format!("`{name}` does not hold what its ending says"));
        return None;
    }
    Some(Logo { file: format!("logo{ending}"), bytes })
}
