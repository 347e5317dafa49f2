//! Images of Markdown pages: files of the course that become part of the page, which loads nothing.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::markup;

use super::links::decoded;
use super::sources::{Sources, resolved};

/// The endings of images, and their types.
const TYPES: [(&str, &str); 7] = [
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
    ("svg", "image/svg+xml"),
];
/// An image of more bytes is too large for a page that holds it.
const LIMIT: usize = 1 << 20;

/// The images of one page.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    /// As `data:` addresses, by the destination that the text has.
    pub(super) addresses: BTreeMap<String, String>,
    /// Their files, by path below the course's folder.
    pub(super) files: BTreeSet<String>,
    /// What is wrong, with its place in bytes.
    pub(super) problems: Vec<(usize, String)>,
}

impl Pictures {
    /// The images of a page's text.
    pub(super) fn read(text: &str, source: &str, sources: &Sources) -> Self {
        let mut pictures = Self::default();
        for image in markup::read(text).images {
            if !image.is_described {
                let message = "an image needs a text for those who can't see it: \
                               `![what it shows](file.png)`";
                pictures.problems.push((image.start, message.into()));
            }
            match address(&image.destination, source, sources) {
                Ok((file, address)) => {
                    pictures.files.insert(file);
                    pictures.addresses.insert(image.destination, address);
                }
                Err(message) => pictures.problems.push((image.start, message)),
            }
        }
        pictures
    }
}

/// The file of an image, and the image itself as an address.
fn address(destination: &str, source: &str, sources: &Sources) -> Result<(String, String), String> {
    if destination.contains(':') || destination.starts_with('/') {
        return Err(format!(
            "a page loads nothing from elsewhere: put `{destination}` into the course's folder, \
             or link to it"
        ));
    }
    let file = resolved(source, &decoded(destination))
        .filter(|file| sources.others.contains(file))
        .ok_or_else(|| format!("there is no image `{destination}` in the course's folder"))?;
    let ending = file.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let kind = TYPES.iter().find(|(known, _)| ending.as_deref() == Some(known));
    let (_, kind) = kind.ok_or_else(|| {
        format!(
            "`{destination}` is no image: its name ends in none of png, jpg, gif, webp, avif, svg"
        )
    })?;
    let bytes = std::fs::read(sources.path(&file))
        .map_err(|error| format!("`{destination}` can't be read: {error}"))?;
    if bytes.len() > LIMIT {
        return Err(format!(
            "`{destination}` has {} bytes, a page holds images of at most {LIMIT}; link to it instead",
            bytes.len()
        ));
    }
    Ok((file, format!("data:{kind};base64,{}", STANDARD.encode(bytes))))
}
