//! That a page runs nothing and loads nothing: a reader of HTML's tags, for tests alone.
//!
//! It reads tags as a browser does (HTML Standard, 13.2.5), so that `<script` in a text or in the
//! value of an attribute passes, and the same characters as markup do not.

/// Elements that run, load, frame or redirect something, or change what addresses mean.
const FORBIDDEN: [&str; 22] = [
    "animate",
    "animatemotion",
    "animatetransform",
    "applet",
    "audio",
    "base",
    "button",
    "embed",
    "foreignobject",
    "form",
    "frame",
    "frameset",
    "iframe",
    "maction",
    "noscript",
    "object",
    "portal",
    "script",
    "set",
    "template",
    "track",
    "video",
];
/// Elements whose content is text up to their own end tag.
const RAW: [&str; 4] = ["style", "title", "textarea", "xmp"];
/// Attributes that hold an address.
const ADDRESSES: [&str; 12] = [
    "action",
    "background",
    "cite",
    "data",
    "formaction",
    "from",
    "href",
    "poster",
    "src",
    "srcset",
    "to",
    "xlink:href",
];

/// Panics at the first thing in a page that could run or load something.
pub(crate) fn check(html: &str) {
    if let Err(message) = read(html) {
        panic!("{message} in\n{html}");
    }
}

fn read(html: &str) -> Result<(), String> {
    let mut rest = html;
    let mut drawings = 0_usize;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let (closing, named) = match rest.strip_prefix('/') {
            Some(named) => (true, named),
            None => (false, rest),
        };
        if !named.starts_with(|first: char| first.is_ascii_alphabetic()) {
            if rest.starts_with(['!', '?']) && !rest.to_ascii_lowercase().starts_with("!doctype") {
                return Err(format!("a declaration `<{}`", start(rest)));
            }
            continue;
        }
        let (name, attributes, after) = tag(named)?;
        rest = after;
        if FORBIDDEN.contains(&name.as_str()) {
            return Err(format!("the element `{name}`"));
        }
        for (key, value) in &attributes {
            attribute(&name, key, value)?;
        }
        match (name.as_str(), closing) {
            ("svg", false) => drawings += 1,
            ("svg", true) => drawings = drawings.saturating_sub(1),
            // In a drawing they are read as markup, so that nothing may hide there.
            (raw, false) if RAW.contains(&raw) && drawings == 0 => {
                let end = format!("</{raw}");
                let found = rest.to_ascii_lowercase().find(&end);
                rest = found.map_or("", |found| &rest[found..]);
            }
            _ => {}
        }
    }
    Ok(())
}

fn attribute(element: &str, key: &str, value: &str) -> Result<(), String> {
    if key.starts_with("on") || key == "srcdoc" || key == "http-equiv" {
        return Err(format!("the attribute `{key}` of `{element}`"));
    }
    let value = decoded(value);
    if key == "style" && (value.contains("url(") || value.contains("expression")) {
        return Err(format!("the style `{value}`"));
    }
    if !ADDRESSES.contains(&key) {
        return Ok(());
    }
    // Browsers pass over white space and control characters in a scheme.
    let bare: String = value.chars().filter(|&letter| letter > ' ').collect();
    let Some((scheme, _)) = bare.split_once(':') else { return Ok(()) };
    if scheme.contains(['/', '#', '?']) {
        return Ok(());
    }
    let allowed: &[&str] = match element {
        "img" | "image" | "use" => &["data"],
        _ => &["http", "https", "mailto"],
    };
    if allowed.contains(&scheme.to_ascii_lowercase().as_str()) {
        return Ok(());
    }
    Err(format!("the address `{value}` of `{element}`"))
}

/// Name, attributes and the text behind a tag.
#[allow(clippy::type_complexity, reason = "three results of one reader")]
fn tag(text: &str) -> Result<(String, Vec<(String, String)>, &str), String> {
    let is_space = |letter: char| letter.is_ascii_whitespace();
    let end = text.find(|letter| is_space(letter) || "/>".contains(letter)).unwrap_or(text.len());
    let name = text[..end].to_ascii_lowercase();
    let mut rest = &text[end..];
    let mut attributes: Vec<(String, String)> = Vec::new();
    loop {
        rest = rest.trim_start_matches(|letter| is_space(letter) || letter == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return Ok((name, attributes, after));
        }
        if rest.is_empty() {
            return Err(format!("the tag `<{name}` that does not end"));
        }
        let skip = usize::from(rest.starts_with('='));
        let end = rest[skip..].find(|letter| is_space(letter) || "/>=".contains(letter));
        let end = end.map_or(rest.len(), |end| end + skip);
        let key = rest[..end].to_ascii_lowercase();
        if key.contains(['"', '\'', '<', '=']) {
            return Err(format!("the broken attribute `{key}` of `{name}`"));
        }
        if attributes.iter().any(|(other, _)| *other == key) {
            return Err(format!("the repeated attribute `{key}` of `{name}`"));
        }
        rest = rest[end..].trim_start_matches(is_space);
        let Some(value) = rest.strip_prefix('=') else {
            attributes.push((key, String::new()));
            continue;
        };
        let value = value.trim_start_matches(is_space);
        let (value, after) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => match value[1..].split_once(quote) {
                Some(split) => split,
                None => return Err(format!("an open quote in `{name}`")),
            },
            _ => {
                let end = value.find(|letter| is_space(letter) || letter == '>');
                value.split_at(end.unwrap_or(value.len()))
            }
        };
        attributes.push((key, value.to_owned()));
        rest = after;
    }
}

/// A value with the entities that could hide a scheme written out.
fn decoded(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let length = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '#');
        let (entity, after) = rest.split_at(length.unwrap_or(rest.len()));
        let number =
            entity.strip_prefix('#').and_then(|digits| match digits.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16).ok(),
                None => digits.parse().ok(),
            });
        let letter = match entity.to_ascii_lowercase().as_str() {
            "colon" => Some(':'),
            "tab" => Some('\t'),
            "newline" => Some('\n'),
            "lpar" => Some('('),
            _ => number.and_then(char::from_u32),
        };
        match letter {
            Some(letter) => {
                out.push(letter);
                rest = after.strip_prefix(';').unwrap_or(after);
            }
            None => out.push('&'),
        }
    }
    out + rest
}

/// The beginning of a text, for a message.
fn start(text: &str) -> String {
    text.chars().take(20).collect()
}

#[test]
fn what_a_browser_would_run_is_seen() {
    let table = [
        ("<p>a < b, &lt;script&gt; <code title=\"<script>\">x</code>", true),
        ("<style>a > b { content: '<script>' }</style><p>", true),
        ("<!-- <script> --><a href=\"#x\">b</a><a href='https://a.b/c:d'>", true),
        ("<input type=radio checked><label for=a>javascript:alert(1)</label>", true),
        ("<script>", false),
        ("<SCRIPT src=a>", false),
        ("<svg><style><script></style></svg>", false),
        ("<img src=x onerror=a>", false),
        ("<img src=\"x\" oneRRor = a>", false),
        ("<a href=\" java\tscript:a\">", false),
        ("<a href=\"javascript&colon;a\">", false),
        ("<a href=\"&#106;avascript:a\">", false),
        ("<img src=\"http://a.b/c.png\">", false),
        ("<p title=\"a\"b\">", false),
        ("<p title=\"a", false),
        ("<iframe srcdoc=a>", false),
    ];
    for (html, harmless) in table {
        assert_eq!(read(html).is_ok(), harmless, "{html}: {:?}", read(html));
    }
}
