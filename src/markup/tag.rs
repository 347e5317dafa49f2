//! `\tag{3}` in a display formula: what is printed beside it.

/// What stands in a `\tag`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    /// The text.
    pub(crate) text: String,
    /// Whether it prints in brackets; `\tag*` prints as it is.
    pub(crate) bracketed: bool,
}

impl Tag {
    /// As it is printed.
    pub(crate) fn printed(&self) -> String {
        if self.bracketed { format!("({})", self.text) } else { self.text.clone() }
    }
}

/// What has a meaning of its own in a formula.
const SIGNS: [char; 10] = ['\\', '{', '}', '$', '^', '_', '&', '#', '%', '~'];

/// The formula without its tag, and the tag.
///
/// # Errors
///
/// A tag inside braces or an environment, a second one, one whose text is not plain.
pub(crate) fn split_tag(tex: &str) -> Result<(String, Option<Tag>), String> {
    let mut formula = String::new();
    let mut tag = None;
    let mut depth = 0_usize;
    let (mut done, mut at) = (0, 0);
    while let Some(found) = tex[at..].find(['\\', '{', '}']) {
        let start = at + found;
        let rest = &tex[start..];
        at = start + 1;
        if rest.starts_with('{') {
            depth += 1;
            continue;
        }
        if rest.starts_with('}') {
            depth = depth.saturating_sub(1);
            continue;
        }
        let letters = rest[1..].bytes().take_while(u8::is_ascii_alphabetic).count();
        let name = &rest[1..=letters];
        at += letters.max(rest[1..].chars().next().map_or(0, char::len_utf8));
        match name {
            "begin" => depth += 1,
            "end" => depth = depth.saturating_sub(1),
            "tag" => {
                let (found, length) = argument(&tex[at..])?;
                if depth > 0 {
                    return Err(
                        "`\\tag` stands inside braces or an environment; it belongs to the \
                                whole formula, at its end"
                            .to_owned(),
                    );
                }
                if tag.replace(found).is_some() {
                    return Err("a formula has one `\\tag`".to_owned());
                }
                formula.push_str(tex[done..start].trim_end());
                at += length;
                done = at;
            }
            _ => {}
        }
    }
    formula.push_str(&tex[done..]);
    Ok((formula, tag))
}

/// `{text}` or `*{text}` behind the command, and its length.
fn argument(rest: &str) -> Result<(Tag, usize), String> {
    let starred = rest.starts_with('*');
    let behind = if starred { &rest[1..] } else { rest };
    let inner = behind.trim_start().strip_prefix('{');
    let Some((inner, length)) = inner.and_then(|inner| Some((inner, inner.find('}')?))) else {
        return Err("`\\tag` needs braces around its text".to_owned());
    };
    let text = inner[..length].trim();
    if text.is_empty() || text.contains(SIGNS) {
        return Err("the text of a `\\tag` is plain: no formula, no command".to_owned());
    }
    let used = rest.len() - inner.len() + length + 1;
    Ok((Tag { text: text.to_owned(), bracketed: !starred }, used))
}
