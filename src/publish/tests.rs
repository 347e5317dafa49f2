use std::collections::BTreeMap;

use super::*;

const WORDS: Words<'_> = Words {
    note: "Hinweis",
    tip: "Tipp",
    important: "Wichtig",
    warning: "Warnung",
    caution: "Vorsicht",
    formula: "Formel",
    table: "Tabelle",
    figure: "Bild",
    data: "Daten",
    code: "Programm",
};

fn html(markdown: &str) -> String {
    let figures = BTreeMap::from([
        ("dot.svg".to_owned(), "<svg width=\"9\"></svg>".to_owned()),
        ("told.svg".to_owned(), "<svg width=\"9\"></svg>".to_owned()),
        ("plot.svg".to_owned(), "<svg width=\"640\"><title>P</title></svg>".to_owned()),
    ]);
    let data = BTreeMap::from([("told.svg".to_owned(), dots())]);
    let page = Page {
        title: "",
        language: "de",
        description: "",
        markdown,
        figures: &figures,
        data: &data,
        places: &Places::default(),
        pictures: &BTreeMap::new(),
        folded: None,
        words: &WORDS,
    };
    body(&page).unwrap()
}

fn dots() -> Data {
    let texts = |list: [&str; 2]| list.map(str::to_owned).to_vec();
    Data {
        head: texts(["t", "a < b"]), rows: vec![texts(["0", "−1"])], notes: vec!["All.".into()]
    }
}

/// The table of the figure `told.svg`.
const DOTS: &str = "<details class=\"data\"><summary>Daten</summary>\n\
    <div class=\"scroll\" role=\"group\" aria-label=\"Daten\" tabindex=\"0\"><table>\n\
    <thead><tr><th scope=\"col\">t</th><th scope=\"col\">a &lt; b</th></tr></thead>\n\
    <tbody>\n<tr><th scope=\"row\">0</th><td>−1</td></tr>\n</tbody></table></div>\n\
    <p>All.</p>\n</details>\n";

#[test]
fn a_figure_has_its_data_below_it() {
    let below = html("![d](figures/told.svg)");
    let (figure, data) = below.split_once("</figure>\n").unwrap();
    assert!(figure.starts_with("<figure><svg"), "{figure}");
    assert_eq!(data, DOTS);
    assert!(!html("![p](figures/plot.svg)").contains("<details"));
    assert!(!html("![d](figures/told.svg) in a line").contains("<details"));
}

#[test]
fn a_marked_list_becomes_frames() {
    let frames = |group: usize, inner: &str| {
        format!(
            "<fieldset class=\"frames\">\n<legend><strong>L</strong></legend>\n\
             <div class=\"choice\"><input type=\"radio\" name=\"frames{group}\" id=\"frames{group}_1\" checked>\
             <label for=\"frames{group}_1\"><span class=\"unseen\">1.</span> a</label></div>\n<div class=\"frame\">\n{inner}</div>\n\
             <div class=\"choice\"><input type=\"radio\" name=\"frames{group}\" id=\"frames{group}_2\">\
             <label for=\"frames{group}_2\"><span class=\"unseen\">2.</span> b</label></div>\n<div class=\"frame\">\n</div>\n</fieldset>\n"
        )
    };
    let one = "**L**\n\n<!-- frames -->\n\n1.  a\n\n    1. x\n    2. y\n\n2.  b\n\n";
    let inner = "<ol>\n<li>x</li>\n<li>y</li>\n</ol>\n";
    assert_eq!(html(one), frames(1, inner));
    assert_eq!(
        html(&format!("{one}***\n\n{one}")),
        format!("{}<hr>\n{}", frames(1, inner), frames(2, inner))
    );
    // Whatever else stands around the comment, it is text.
    let table = [
        "<!-- frames -->\n\n1. a\n\n2. b",
        "**L** x\n\n<!-- frames -->\n\n1. a\n\n2. b",
        "**L**\n\n<!-- frames --><b>\n\n1. a\n\n2. b",
        "**L**\n\n<!-- frames -->\n\n* a\n\n* b",
        "**L**\n\n<!-- frames -->\n\n1. a\n2. b",
        "**L**\n\n<!-- frames -->\n\n1. a\n\n   x",
        "**L**\n\n<!-- frames -->\n\n1. # a\n\n2. b",
        "**L**\n\n<!-- frames -->\n\nx\n\n1. a\n\n2. b",
        "**L**\n\n<!-- frames -->",
    ];
    for markdown in table {
        let html = html(markdown);
        assert!(html.contains("&lt;!-- frames --&gt;") && !html.contains("<input"), "{html}");
    }
}

#[test]
fn raw_html_is_shown_as_text() {
    let table = [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"),
        ("<!-- secret -->", "<p>&lt;!-- secret --&gt;</p>\n"),
        ("<style>\n\nx", "<p>&lt;style&gt;\n\nx</p>\n"),
        ("`<i>`", "<p><code>&lt;i&gt;</code></p>\n"),
        ("&lt;script&gt;", "<p>&lt;script&gt;</p>\n"),
    ];
    for (markdown, expected) in table {
        assert_eq!(html(markdown), expected, "{markdown}");
    }
}

#[test]
fn links_that_could_run_a_script_lose_their_destination() {
    let table = [
        ("[a](https://e.org \"t\")", "<p><a href=\"https://e.org\" title=\"t\">a</a></p>\n"),
        ("[a](b.html#c)", "<p><a href=\"b.html#c\">a</a></p>\n"),
        ("<m@e.org>", "<p><a href=\"mailto:m@e.org\">m@e.org</a></p>\n"),
        ("[a *b*](javascript:x)", "<p>a <em>b</em></p>\n"),
        ("[a](&#106;avascript:x)", "<p>a</p>\n"),
        ("[a](<java\tscript:x>)", "<p>a</p>\n"),
        ("<javascript:x>", "<p>javascript:x</p>\n"),
        ("[a][b]\n\n[b]: data:text/html,x", "<p>a</p>\n"),
        ("[![x](javascript:y)](https://e.org)", "<p><a href=\"https://e.org\">x</a></p>\n"),
    ];
    for (markdown, expected) in table {
        assert_eq!(html(markdown), expected, "{markdown}");
    }
}

#[test]
fn only_the_figures_of_the_page_are_shown() {
    const DOT: &str = "<svg width=\"9\" role=\"img\"><title>D</title></svg>";
    let table = [
        ("![D](figures/dot.svg)", format!("<figure>{DOT}</figure>\n")),
        (
            "![D](figures/dot.svg \"a<b\")",
            format!("<figure>{DOT}<figcaption>a&lt;b</figcaption></figure>\n"),
        ),
        ("see ![D](figures/dot.svg)", format!("<p>see {DOT}</p>\n")),
        (
            "![D](figures/plot.svg)",
            "<figure><div class=\"scroll\" role=\"group\" aria-label=\"Bild: D\" tabindex=\"0\">\
             <svg width=\"640\" role=\"img\"><title>P</title></svg></div></figure>\n"
                .into(),
        ),
        ("![D](figures/none.svg)", "<p>D</p>\n".into()),
        ("![D](https://e.org/x.png)", "<p>D</p>\n".into()),
        ("![D](/etc/passwd)", "<p>D</p>\n".into()),
    ];
    for (markdown, expected) in table {
        assert_eq!(html(markdown), expected, "{markdown}");
    }
}

#[test]
fn a_sheet_has_its_own_constructs() {
    let table = [
        ("# T\n\n*A, 2024*", "<h1 id=\"t\">T</h1>\n<p class=\"byline\"><em>A, 2024</em></p>\n"),
        ("# T\n\n*A* and B", "<h1 id=\"t\">T</h1>\n<p><em>A</em> and B</p>\n"),
        (
            "**(a)** Why? *(2 marks)*",
            "<p class=\"part\"><strong>(a)</strong> Why? <em class=\"marks\">(2 marks)</em></p>\n",
        ),
        ("**Why** (a) *(see 2)*", "<p><strong>Why</strong> (a) <em>(see 2)</em></p>\n"),
        (
            "> **Solution.** x",
            "<div class=\"solution\">\n<p><strong>Solution.</strong> x</p>\n</div>\n",
        ),
        ("> Quoted.", "<blockquote>\n<p>Quoted.</p>\n</blockquote>\n"),
        (
            "> [!CAUTION]\n> x",
            "<div class=\"callout caution\" role=\"note\">\n<p class=\"label\">Vorsicht</p>\n<p>x</p>\n</div>\n",
        ),
        ("```space 5cm\n```", "<div class=\"space\" style=\"height:5cm\"></div>\n"),
        ("```space 12.5 mm\n```", "<pre><code></code></pre>\n"),
        ("```space 99cm\n```", "<pre><code></code></pre>\n"),
        ("```space -1cm\n```", "<pre><code></code></pre>\n"),
        ("```space 1cm;color:red\n```", "<pre><code></code></pre>\n"),
        ("```space 5cm\nx\n```", "<pre><code>x\n</code></pre>\n"),
        (
            "x[^n]\n\n[^n]: N",
            "<p>x<sup><a href=\"#note_1\">1</a></sup></p>\n\
             <div class=\"footnote\" id=\"note_1\"><sup>1</sup>\n<p>N</p>\n</div>\n",
        ),
        ("a\\\nb\n\n---", "<p>a<br>\nb</p>\n<hr>\n"),
    ];
    for (markdown, expected) in table {
        assert_eq!(html(markdown), expected, "{markdown}");
    }
}

#[test]
fn a_tag_stands_beside_its_formula() {
    let x = "<span class=\"formula\"><math display=\"block\"><mi>x</mi></math></span>";
    let table = [
        ("$$x \\tag{3}$$", "(3)"),
        ("$$\nx\n\\tag{S1}\n$$", "(S1)"),
        ("$$x \\tag*{a < b}$$", "a &lt; b"),
    ];
    for (markdown, number) in table {
        let equation = format!(
            "<p><span class=\"equation\">{x}<span class=\"number\">{number}</span></span></p>\n"
        );
        assert_eq!(html(markdown), equation, "{markdown}");
    }
    assert_eq!(formula_problems("$x \\tag{1}$")[0].offset, 3);
}

#[test]
fn a_caption_is_not_said_twice() {
    let figure = "<figure><svg width=\"9\" role=\"img\"><title>D</title></svg>\
                  <figcaption>Figure 1. It's a_b</figcaption></figure>\n";
    let image = "![D](figures/dot.svg \"Figure 1. It's a\\_b\")";
    assert_eq!(html(&format!("{image}\n\n*Figure 1. It's a\\_b*\n")), figure);
    let other = html(&format!("{image}\n\n*Figure 2. It's a\\_b*\n"));
    assert_eq!(other, format!("{figure}<p><em>Figure 2. It's a_b</em></p>\n"));
}

#[test]
fn links_lead_to_the_places_of_a_page() {
    let markdown = "## 1. A & b\n\n**(a)** $$x \\tag{1}$$\n\n[one](#1-a--b) [two](a.md)\n";
    let at = |part: &str| markdown.find(part).unwrap();
    let names = [("A &", "question_1"), ("a)", "question_1a"), ("x \\", "equation_1")];
    let links = [("#1-a--b", "#equation_1"), ("a.md", "a.html#table_1")];
    let place = |(part, name): (&str, &str)| (at(part), name.to_owned());
    let places =
        Places { identifiers: names.map(place).into(), destinations: links.map(place).into() };
    let figures = BTreeMap::new();
    let page = Page {
        title: "",
        language: "de",
        description: "",
        markdown,
        figures: &figures,
        data: &BTreeMap::new(),
        places: &places,
        pictures: &BTreeMap::new(),
        folded: None,
        words: &WORDS,
    };
    let html = body(&page).unwrap();
    for part in [
        "<h2 id=\"1-a-b\"><span id=\"question_1\"></span>1. A &amp; b</h2>",
        "<p class=\"part\" id=\"question_1a\"><strong>(a)</strong>",
        "<span class=\"equation\" id=\"equation_1\">",
        "<a href=\"#equation_1\">one</a> <a href=\"a.html#table_1\">two</a>",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
}

#[test]
fn headings_have_identifiers() {
    assert_eq!(
        html("## Das $x$ & *so*\n\n## Das x so"),
        "<h2 id=\"das-x-so\">Das <math><mi>x</mi></math> &amp; <em>so</em></h2>\n\
         <h2 id=\"das-x-so-2\">Das x so</h2>\n"
    );
}

#[test]
fn what_may_be_wide_stands_in_a_box() {
    let long = "1+".repeat(40) + "1";
    let cell = "x".repeat(40);
    let table = [
        ("$$a=b$$".to_owned(), None),
        (
            format!("$$ {long} $$"),
            Some("<span class=\"formula\" role=\"group\" aria-label=\"Formel\""),
        ),
        (format!("$\\sqrt{{{long}}}$"), Some("<span class=\"formula inline\" role=\"group\"")),
        ("|a|\n|-|\n|b|".into(), None),
        (
            format!("|a|\n|-|\n|{cell}|"),
            Some("<div class=\"scroll\" role=\"group\" aria-label=\"Tabelle\""),
        ),
        (
            format!("    {cell}"),
            Some("<pre class=\"scroll\" role=\"group\" aria-label=\"Programm\""),
        ),
    ];
    for (markdown, expected) in table {
        let html = html(&markdown);
        assert_eq!(html.contains("tabindex=\"0\""), expected.is_some(), "{html}");
        assert!(expected.is_none_or(|expected| html.contains(expected)), "{html}");
    }
}

#[test]
fn a_long_formula_breaks_where_a_formula_may() {
    let table = [
        // Between the members of a list, but not inside parentheses.
        ("$a_1 = f(x, y), a_2 = f(x, y), a_3 = f(x, y), a_4 = f(x, y)$", 3),
        ("$a = bbbbbbbbbbbb = cccccccccccc$", 2),
        ("$a = b = c$", 0),
    ];
    for (markdown, breaks) in table {
        assert_eq!(html(markdown).matches("<wbr>").count(), breaks, "{markdown}");
    }
}

#[test]
fn punctuation_stays_with_its_formula() {
    let x = "<math><mi>x</mi></math>";
    let table = [
        ("$x$, y", format!("<p><span class=\"bound\">{x},</span> y</p>\n")),
        (
            "see ($x$).",
            format!(
                "<p>see <span class=\"bound\"><span class=\"bound\">({x}</span>).</span></p>\n"
            ),
        ),
        ("$x$ y", format!("<p>{x} y</p>\n")),
        ("$x$*y*.", format!("<p>{x}<em>y</em>.</p>\n")),
    ];
    for (markdown, expected) in table {
        assert_eq!(html(markdown), expected, "{markdown}");
    }
}

#[test]
fn formula_problems_have_places() {
    // The offsets are counted by hand, in bytes.
    let table: [(&str, &[(usize, &str)]); 6] = [
        ("fine $x$", &[]),
        ("ä $\\foo$", &[(4, "unknown command `\\foo`")]),
        ("$x_1_2$", &[(0, "trying to add a subscript twice to the same element")]),
        (
            "$\\foo$ and $$a \\bar{\\baz}$$",
            &[(1, "unknown command `\\foo`"), (20, "unknown command `\\baz`")],
        ),
        ("> $$\n> a \\\\\n> \\foo\n> $$", &[(14, "unknown command `\\foo`")]),
        ("$\\foo$ $\\foo$", &[(1, "unknown command `\\foo`"), (8, "unknown command `\\foo`")]),
    ];
    for (markdown, expected) in table {
        let problems = formula_problems(markdown);
        let found: Vec<_> =
            problems.iter().map(|problem| (problem.offset, problem.message.as_str())).collect();
        assert_eq!(found, expected, "{markdown}");
    }
}

#[test]
fn a_page_is_whole_and_escapes_its_title() {
    let mut templates = tera::Tera::default();
    let files = [
        ("style.css", include_str!("../../templates/style.css")),
        ("page.html", include_str!("../../templates/page.html")),
    ];
    templates.add_raw_templates(files).unwrap();
    let figures = BTreeMap::new();
    let places = Places::default();
    let input = Page {
        title: "a < b",
        language: "en",
        description: "say \"x\"",
        markdown: "It's $x$.",
        figures: &figures,
        data: &BTreeMap::new(),
        places: &places,
        pictures: &BTreeMap::new(),
        folded: None,
        words: &Words::default(),
    };
    let html = page(&input, &templates).unwrap();
    for part in [
        "<html lang=\"en\">",
        "<title>a &lt; b</title>",
        "content=\"say &quot;x&quot;\"",
        "color-scheme: light dark",
        "<main>\n<p>It’s <span class=\"bound\"><math><mi>x</mi></math>.</span></p>\n</main>",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    assert!(!html.contains("<script") && !html.contains("src="));

    let broken = Page { markdown: "$\\foo$", ..input };
    let error = page(&broken, &templates).unwrap_err();
    assert_eq!(error.to_string(), "formula `\\foo`: unknown command `\\foo`");
}
