//! The LaTeX of a distribution as plain text: `\mathcal{N}\left(0, \frac{2}{n}\right)` as
//! `N(0, 2/n)`.

/// The formula in letters that a terminal has.
pub(super) fn plain(latex: &str) -> String {
    let mut rest = latex;
    let words = group(&mut rest);
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let tight = [("( ", "("), (" )", ")"), (" ,", ",")];
    tight.iter().fold(words, |text, (loose, tight)| text.replace(loose, tight))
}

/// Everything up to the brace that closes the group, or to the end.
fn group(rest: &mut &str) -> String {
    let mut text = String::new();
    while let Some(letter) = take(rest) {
        match letter {
            '}' => break,
            '{' => text.push_str(&group(rest)),
            '\\' => text.push_str(&command(rest)),
            other => text.push(other),
        }
    }
    text
}

fn command(rest: &mut &str) -> String {
    let length = rest.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(rest.len());
    let (name, after) = rest.split_at(length);
    *rest = after;
    match name {
        "" => match take(rest) {
            Some(mark @ ('{' | '}' | '#')) => mark.to_string(),
            _ => " ".to_owned(),
        },
        "frac" | "tfrac" => {
            let (above, below) = (argument(rest), argument(rest));
            format!("{}/{}", guarded(&above), guarded(&below))
        }
        "sqrt" => format!("sqrt({})", argument(rest)),
        "mathcal" | "mathrm" | "operatorname" => argument(rest),
        "quad" => " ".to_owned(),
        "left" | "right" | "Big" => String::new(),
        "sim" => "~".to_owned(),
        "cdot" => "*".to_owned(),
        "top" => "T".to_owned(),
        "le" => "<=".to_owned(),
        "ge" => ">=".to_owned(),
        "mid" => "|".to_owned(),
        "lceil" => "ceil(".to_owned(),
        "rceil" => ")".to_owned(),
        other => other.to_owned(),
    }
}

/// A group in braces, or a single letter.
fn argument(rest: &mut &str) -> String {
    *rest = rest.trim_start();
    match take(rest) {
        Some('{') => group(rest),
        Some(letter) => letter.to_string(),
        None => String::new(),
    }
}

/// In brackets, unless it is one number or name.
fn guarded(text: &str) -> String {
    let text = text.trim();
    if text.chars().all(|letter| letter.is_alphanumeric() || letter == '.') {
        text.to_owned()
    } else {
        format!("({text})")
    }
}

fn take(rest: &mut &str) -> Option<char> {
    let letter = rest.chars().next()?;
    *rest = &rest[letter.len_utf8()..];
    Some(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_read_as_one_writes_them_by_hand() {
        let table = [
            (r"\mathcal{N}\left(0, \frac{2}{n}\right)", "N(0, 2/n)"),
            (
                r"\mathcal{U}\left(-\sqrt{\tfrac{6}{n + m}}, \sqrt{\tfrac{6}{n + m}}\right)",
                "U(-sqrt(6/(n + m)), sqrt(6/(n + m)))",
            ),
            (
                r"W^\top W = I_{m}\; (n \ge m),\quad W W^\top = I_{n}\; (n < m)",
                "W^T W = I_m (n >= m), W W^T = I_n (n < m)",
            ),
            (
                r"\#\left\{i : W_{ij} = 0\right\} = \left\lceil 0.1\,n \right\rceil",
                "#{i : W_ij = 0} = ceil(0.1 n)",
            ),
            (r"\mathcal{N}_{\left[-2,\, 2\right]}\left(0, 1\right)", "N_[-2, 2](0, 1)"),
            (r"\frac{1", "1/"),
        ];
        for (latex, text) in table {
            assert_eq!(plain(latex), text, "{latex}");
        }
    }
}
