use super::*;

/// The body of a paper, without its head.
fn body(markdown: &str, figures: &[(&str, &str)], layout: &Layout) -> String {
    let figures = figures.iter().map(|(name, svg)| ((*name).to_owned(), (*svg).to_owned()));
    let figures: BTreeMap<String, String> = figures.collect();
    let page = Page {
        title: "T",
        language: "en",
        description: "",
        markdown,
        figures: &figures,
        data: &BTreeMap::new(),
        places: &Places::default(),
        pictures: &BTreeMap::new(),
        folded: None,
        words: &Words::default(),
    };
    let vocabulary = Vocabulary::new();
    writer::body(&Print { page: &page, vocabulary: &vocabulary, layout }).unwrap()
}

fn plain(markdown: &str) -> String {
    body(markdown, &[], &Layout::default()).trim().to_owned()
}

#[test]
fn every_construct_is_a_call_of_the_template() {
    let table = [
        ("a *b* **c** `d`", "#\"a \";#emph[#\"b\";];#\" \";#strong[#\"c\";];#\" \";#raw(\"d\");"),
        ("- a\n- b", "#list(tight: true,[#\"a\";],[#\"b\";])"),
        ("2. a\n3. b", "#enum(start: 2, tight: true,[#\"a\";],[#\"b\";])"),
        ("**(a)** Why? *(2 marks)*", "#part(\"(a)\")[#\"Why? \";#marks[#\"(2 marks)\";];]"),
        ("> **Solution.** So.", "#solution[\n#strong[#\"Solution.\";];#\" So.\";\n\n]"),
        ("> [!TIP]\n> So.", "#callout(\"tip\", \"Tip\")[\n#\"So.\";\n\n]"),
        ("> So.", "#quote(block: true)[\n#\"So.\";\n\n]"),
        ("```space 5cm\n```", "#room(5cm)"),
        ("Both.\n\n**(a)** Why?", "#lead[#\"Both.\";]\n\n#part(\"(a)\")[#\"Why?\";]"),
        ("Why?\n\n```space 5cm\n```", "#lead[#\"Why?\";]\n\n#room(5cm)"),
        ("- a\n\n```space 5cm\n```", "#lead[#list(tight: true,[#\"a\";])]\n\n#room(5cm)"),
        ("$$a$$\n\n```space 5cm\n```", "#lead[#formula(\"a\",$ \\u{61} $);]\n\n#room(5cm)"),
        ("```python\na \"b\"\nc\n```", "#listing(\"a \\\"b\\\"\\nc\")"),
        (
            "<!-- new page -->\n\n## A",
            "#new-page()\n\n#heading(level: 1)[#place-of(\"a\");#\"A\";]",
        ),
        (
            "a[^1] b[^1]\n\n[^1]: c",
            "#\"a\";#footnote[#\"c\";\n\n]#label(\"note-1\");#\" b\";#footnote(label(\"note-1\"));",
        ),
        ("[a](https://example.org)", "#link(\"https://example.org\")[#\"a\";];"),
        (
            "[a](javascript:x) [b](other.html) [c](#no)",
            "#[#\"a\";];#\" \";#[#\"b\";];#\" \";#[#\"c\";];",
        ),
        (
            "# A\n\n[a](#a) [b](<#x\")[y>)",
            "#title-block[\n#sheet-title[#place-of(\"a\");#\"A\";]\n\n]\n\n#goto(\"a\")[#\"a\";];#\" \";#[#\"b\";];",
        ),
        ("<b onclick=\"x\">", "#\"<b onclick=\\\"x\\\">\";"),
        (
            "#let x = 1 $x$ @a <b>",
            "#\"#let x = 1 \";#formula(whole:true,\"x\",$\\u{78}$);#\" @a \";#\"<b>\";",
        ),
        (
            "| a | b |\n|---|--:|\n| 1 | 2 |",
            "#grid-of(align: (left,right,), columns: 2,\ntable.header([#\"a\";],[#\"b\";],),\n[#\"1\";],[#\"2\";],\n)",
        ),
        (
            "**L**\n\n<!-- frames -->\n\n1. a\n\n   x\n\n2. b\n\n   y",
            "#frames[#strong[#\"L\";];]\n\n#frame[#\"a\";]\n\n#\"x\";\n\n#frame[#\"b\";]\n\n#\"y\";",
        ),
        ("Thus:\n\n$$a$$", "#lead[#\"Thus:\";]\n\n#formula(\"a\",$ \\u{61} $);"),
        ("$$a \\tag{3}$$", "#formula(number:\"(3)\",\"a\",$ \\u{61} $);"),
    ];
    for (markdown, expected) in table {
        assert_eq!(plain(markdown).trim_end(), expected, "{markdown}");
    }
}

#[test]
fn headings_go_down_one_level_at_a_time() {
    let markup = plain("# T\n\n*by*\n\n### A\n\n## B\n\n##### C");
    let levels: Vec<&str> =
        markup.match_indices("level: ").map(|(at, _)| &markup[at + 7..=at + 7]).collect();
    // The title is the first; A is at most one below it, C at most one below B.
    assert_eq!(levels, ["2", "2", "3"], "{markup}");
    assert!(
        markup.starts_with("#title-block[\n#sheet-title[#place-of(\"t\");#\"T\";]"),
        "{markup}"
    );
    assert!(markup.contains("#byline[#emph[#\"by\";];]"), "{markup}");
}

#[test]
fn a_figure_keeps_its_description_and_says_its_caption_once() {
    let svg = "<svg width=\"500\" height=\"9\"></svg>";
    let markdown = "![It \"falls\".](figures/a.svg \"Figure 1. Loss\")\n\n*Figure 1. Loss*\n\nx";
    let markup = body(markdown, &[("a.svg", svg)], &Layout::default());
    let drawing = "#drawing(\"/figures/a.svg\", \"It “falls”.\", 280pt, \"Figure 1. Loss\");";
    assert!(markup.contains(drawing), "{markup}");
    assert_eq!(markup.matches("Figure 1. Loss").count(), 1, "{markup}");
    // What is no figure of the paper would be a request.
    assert_eq!(plain("![a](http://x/y.svg)"), "#\"a\";");
}

#[test]
fn an_exam_has_fields_and_a_table_for_marks() {
    let questions = vec![("1".to_owned(), "4".to_owned()), ("2".to_owned(), "2.5".to_owned())];
    let exam = Exam { student: Some("Ada \"A\"".into()), questions, total: "6.5".into() };
    let layout = Layout { exam: Some(exam), ..Layout::default() };
    let markup = body("# T\n\nx", &[], &layout);
    let head = "#exam-head(student: \"Ada \\\"A\\\"\", total: \"6.5\", \
                marks: ((\"1\", \"4\"), (\"2\", \"2.5\"), ), words: (:))";
    assert!(markup.contains(head), "{markup}");
}

#[test]
fn formulas_that_papers_cannot_show_are_told_with_their_place() {
    let table = [
        ("a $x$ $\\unknown$", 7, "unknown command `\\unknown`"),
        ("$\\genfrac(){2pt}{}{a}{b}$", 0, "thickness"),
    ];
    for (markdown, offset, message) in table {
        let problems = formula_problems(markdown);
        assert_eq!(problems.len(), 1, "{markdown}: {problems:?}");
        assert_eq!(problems[0].offset, offset, "{markdown}: {problems:?}");
        assert!(problems[0].message.contains(message), "{markdown}: {problems:?}");
    }
    assert!(formula_problems("$x'^2$ and $\\frac{\\partial L}{\\partial w}$").is_empty());
}

#[test]
fn columns_are_as_wide_as_the_paper_leaves_them() {
    // A4: 210 - 44 mm = 470.55 pt; at 11 pt that is 42.8 em. Letter is 5.9 mm wider. Two columns
    // leave (166 - 8) / 2 = 79 mm = 223.9 pt.
    let table = [
        (Layout::default(), 42.8),
        (Layout { size: Size::Letter, ..Layout::default() }, 44.3),
        (Layout { columns: 2, ..Layout::default() }, 20.4),
        (Layout { font_size: 10.0, ..Layout::default() }, 47.1),
    ];
    for (layout, expected) in table {
        assert!((layout.column() - expected).abs() < 0.1, "{layout:?}: {}", layout.column());
    }
}
