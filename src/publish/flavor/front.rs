//! What a generator reads at the head of a file.

use super::Flavor;

/// What is known of a sheet besides its text.
#[derive(Debug, Clone, Copy, Default)]
pub struct Front<'a> {
    /// The title.
    pub title: &'a str,
    /// The subtitle.
    pub subtitle: Option<&'a str>,
    /// The authors.
    pub authors: &'a [String],
    /// The date, as written.
    pub date: Option<&'a str>,
    /// The language of the text, as in `en` or `de-CH`.
    pub language: &'a str,
    /// The licence, as written.
    pub license: Option<&'a str>,
    /// Tags.
    pub tags: &'a [String],
    /// One sentence on what the sheet is.
    pub description: &'a str,
}

impl Front<'_> {
    /// Every text is quoted already, in a form that YAML and TOML share.
    pub(super) fn context(&self, flavor: Flavor) -> tera::Context {
        // Where a title is Markdown, it must not be obeyed either.
        let text = |text: &str| match flavor {
            Flavor::Quarto | Flavor::Myst => {
                let words = super::Words::default();
                super::walk::rewritten(text, flavor, &Front::default(), &words)
            }
            _ => text.to_owned(),
        };
        let list = |list: &[String]| list.iter().map(|one| quoted(one)).collect::<Vec<_>>();
        let mut context = tera::Context::new();
        context.insert("title", &quoted(&text(self.title)));
        context.insert("subtitle", &self.subtitle.map(|one| quoted(&text(one))));
        context.insert("authors", &list(self.authors));
        context.insert("date", &self.date.filter(|date| is_date(date)));
        context.insert("language", &quoted(self.language));
        context.insert("license", &self.license.map(quoted));
        context.insert("license_is_code", &self.license.is_some_and(is_code));
        context.insert("tags", &list(self.tags));
        context.insert("description", &quoted(&text(self.description)));
        context
    }

    /// Whether a part of the byline is printed from the front matter.
    pub(super) fn is_printed(&self, part: &str) -> bool {
        Some(part) == self.subtitle
            || (!self.authors.is_empty() && part == self.authors.join(", "))
            || (Some(part) == self.date && is_date(part))
    }
}

/// A day as in 2024-02-29. What is written otherwise, such as “Autumn 2024”, no generator could
/// read; it stays in the byline.
fn is_date(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut part = |width: usize| {
        let digits = parts.next().filter(|part| part.len() == width)?;
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u32>().ok())?
    };
    let (Some(year), Some(month), Some(day)) = (part(4), part(2), part(2)) else { return false };
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    parts.next().is_none() && (1..=days).contains(&day)
}

/// Whether a licence is written as a code of SPDX, such as CC-BY-4.0.
fn is_code(license: &str) -> bool {
    license.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '.')
}

/// A text between double quotes, as JSON, YAML and TOML read it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // YAML takes these for line breaks, or not for text.
            '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            letter if letter.is_control() => {
                out.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_of_the_calendar_are_dates() {
        let table = [
            ("2024-02-29", true),
            ("2023-02-29", false),
            ("1900-02-29", false),
            ("2000-02-29", true),
            ("2024-13-01", false),
            ("2024-04-31", false),
            ("2024-1-1", false),
            ("2024-01-01-01", false),
            ("Autumn 2024", false),
            ("", false),
        ];
        for (text, expected) in table {
            assert_eq!(is_date(text), expected, "{text}");
        }
    }

    #[test]
    fn quoted_texts_end_where_they_should() {
        assert_eq!(quoted("a \"b\" \\ \n\u{7f}\u{2028}é"), r#""a \"b\" \\ \n\u007f\u2028é""#);
    }
}
