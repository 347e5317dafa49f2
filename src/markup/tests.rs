use super::*;

#[test]
fn labels_stand_behind_display_formulas_alone() {
    // The text, the labels of its formulas, and the stray ones.
    let table: [(&str, &[&str], &[&str]); 10] = [
        ("$$ a $$ {#x}", &["x"], &[]),
        ("$$ a $${#x} $$ b $$\t{#y}", &["x", "y"], &[]),
        ("$$\na\n$$ {#x}", &["x"], &[]),
        ("> $$\n> a\n> $$ {#x}", &["x"], &[]),
        ("$$ a $$\n{#x}", &[], &["x"]),
        ("$a$ {#x}", &[], &["x"]),
        ("`$$ a $$ {#x}`", &[], &[]),
        ("```\n$$ a $$ {#x}\n```", &[], &[]),
        ("\\{#x} and {#", &[], &[]),
        ("$$ a $$ {# X y }", &[" X y "], &[]),
    ];
    for (text, labels, strays) in table {
        let markup = read(text);
        let marks = markup.equations.iter().filter_map(|equation| equation.mark.as_ref());
        let found: Vec<&str> = marks.map(|mark| mark.name.as_str()).collect();
        assert_eq!(found, labels, "{text}");
        let found: Vec<&str> = markup.strays.iter().map(|mark| mark.name.as_str()).collect();
        assert_eq!(found, strays, "{text}");
    }
}

#[test]
fn links_have_their_text_and_destination() {
    let table = [
        ("see [](#x).", "", "#x", false),
        ("[](#x)", "", "#x", true),
        ("- [a *b*](c.yaml#d 't')", "a *b*", "c.yaml#d", true),
        ("[a `]` b](#x)", "a `]` b", "#x", true),
        ("[a][b]\n\n[b]: #x", "a", "#x", true),
        ("[\\]](#x)", "\\]", "#x", true),
    ];
    for (text, inner, destination, opens) in table {
        let links = read(text).links;
        let [link] = links.as_slice() else { panic!("{text}: {links:?}") };
        assert_eq!(&text[link.text.clone()], inner, "{text}");
        assert_eq!((link.destination.as_str(), link.opens), (destination, opens), "{text}");
    }
    for text in ["`[](#x)`", "<https://e.org>", "![](#x)", "$[](#x)$", "\\[](#x)"] {
        assert!(read(text).links.is_empty(), "{text}");
    }
}

#[test]
fn a_tag_is_taken_off_its_formula() {
    let tag = |text: &str, bracketed| Some(Tag { text: text.to_owned(), bracketed });
    let table = [
        ("a = b", "a = b", None),
        ("a \\tag{3}", "a", tag("3", true)),
        ("a\n\\tag*{Bellman}\n", "a\n", tag("Bellman", false)),
        (
            "\\begin{aligned} a \\\\ b \\end{aligned} \\tag {*}",
            "\\begin{aligned} a \\\\ b \\end{aligned}",
            tag("*", true),
        ),
        ("\\tagged \\{ \\tag{1} \\}", "\\tagged \\{ \\}", tag("1", true)),
    ];
    for (tex, formula, tag) in table {
        assert_eq!(split_tag(tex), Ok((formula.to_owned(), tag)), "{tex}");
    }
    let refused = [
        "\\tag{1} \\tag{2}",
        "\\tag",
        "\\tag1",
        "\\tag{}",
        "\\tag{a_1}",
        "\\tag{\\ast}",
        "{a \\tag{1}}",
        "\\begin{aligned} a \\tag{1} \\end{aligned}",
    ];
    for tex in refused {
        assert!(split_tag(tex).is_err(), "{tex}");
    }
}

#[test]
fn headings_are_called_as_on_github() {
    // As GitHub shows them for these headings.
    let text =
        "# A title\n\n## 1. Adam & momentum\n\n## ReLU_2 — again!\n\n## A title\n\nA title\n===\n";
    let expected = ["a-title", "1-adam--momentum", "relu_2--again", "a-title-1", "a-title-2"];
    let found: Vec<String> = headings(text).into_iter().map(|one| one.identifier).collect();
    assert_eq!(found, expected);
}

#[test]
fn parts_of_a_text_are_exchanged() {
    let edits = vec![(4..5, "d".to_owned()), (1..1, "x".to_owned()), (1..2, String::new())];
    assert_eq!(exchange("abcdef", edits), "axcddf");
}
