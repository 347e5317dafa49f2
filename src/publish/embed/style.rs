//! The style of a page of its own, confined to the sheet in a page of others.
//!
//! `:root` and `body` become the sheet's division; rules for dark screens hold for the dark themes
//! of the page instead of the reader's system; `main` and `@page` are the page's matter. A root em
//! is that of a page whose root is set to 62.5 %, as mdBook's.

/// The sheet's division; twice, so that its rules count for more than those of the page.
const SCOPE: &str = ".gradsheet.gradsheet";
/// The same on dark themes.
const DARK: &str = "html:is(.coal, .navy, .ayu) .gradsheet.gradsheet";
/// Our root em in theirs.
const ROOT_EM: f32 = 1.6;

/// A style sheet on one line, confined to the sheet.
pub(super) fn scoped(css: &str) -> String {
    let mut out = String::with_capacity(css.len() * 2);
    rules(&without_comments(css), SCOPE, &mut out);
    out
}

fn rules(css: &str, scope: &str, out: &mut String) {
    let mut rest = css.trim();
    while let Some(open) = rest.find('{') {
        let prelude = words(&rest[..open]);
        let inner = &rest[open + 1..];
        let end = end_of_block(inner);
        let block = &inner[..end];
        if prelude.starts_with("@media") {
            let dark = prelude.contains("prefers-color-scheme: dark");
            let (media, scope) = if dark { ("@media screen", DARK) } else { (&*prelude, scope) };
            out.push_str(media);
            out.push('{');
            rules(block, scope, out);
            out.push('}');
        } else if !prelude.starts_with('@') {
            let selectors: Vec<String> =
                parts(&prelude).filter_map(|part| confined(part.trim(), scope)).collect();
            if !selectors.is_empty() {
                out.push_str(&format!("{}{{{}}}", selectors.join(","), root_ems(&words(block))));
            }
        }
        rest = inner.get(end + 1..).unwrap_or_default().trim_start();
    }
}

fn confined(selector: &str, scope: &str) -> Option<String> {
    match selector {
        "main" => None,
        ":root" | "body" => Some(scope.to_owned()),
        _ => Some(format!("{scope} {selector}")),
    }
}

/// Where the block ends that has been opened.
fn end_of_block(css: &str) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in css.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return at,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    css.len()
}

/// The selectors of a list; commas between brackets don't count.
fn parts(list: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    list.split(move |letter| {
        match letter {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == ',' && depth == 0
    })
}

fn words(css: &str) -> String {
    css.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_comments(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(start) = rest.find("/*") {
        out.push_str(&rest[..start]);
        rest = rest[start..].find("*/").map_or("", |end| &rest[start + end + 2..]);
    }
    out.push_str(rest);
    out
}

fn root_ems(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(at) = rest.find("rem") {
        let number = rest[..at].trim_end_matches(|c: char| c.is_ascii_digit() || c == '.').len();
        match rest[number..at].parse::<f32>() {
            Ok(value) => out.push_str(&format!("{}{}rem", &rest[..number], value * ROOT_EM)),
            Err(_) => out.push_str(&rest[..at + 3]),
        }
        rest = &rest[at + 3..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_rule_leaves_the_sheet() {
        let table = [
            (
                "/* c, { */ p, a:is(b, c) { x: y; }",
                ".gradsheet.gradsheet p,.gradsheet.gradsheet a:is(b, c){x: y;}",
            ),
            (
                ":root { --a: b } body { c: d }",
                ".gradsheet.gradsheet{--a: b}.gradsheet.gradsheet{c: d}",
            ),
            ("main { x: y } @page { m: n } * { b: c }", ".gradsheet.gradsheet *{b: c}"),
            (
                "h1 { font: 2rem/1.5 a; b: 1.25rem }",
                ".gradsheet.gradsheet h1{font: 3.2rem/1.5 a; b: 2rem}",
            ),
            (
                "@media screen and (prefers-color-scheme: dark) { :root { --a: b } }\n@media print { p { c: d } }",
                "@media screen{html:is(.coal, .navy, .ayu) .gradsheet.gradsheet{--a: b}}\
                 @media print{.gradsheet.gradsheet p{c: d}}",
            ),
            ("p { x: y", ".gradsheet.gradsheet p{x: y}"),
        ];
        for (css, expected) in table {
            assert_eq!(scoped(css), expected, "{css}");
        }
    }
}
