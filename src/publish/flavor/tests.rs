use std::collections::BTreeSet;

use pulldown_cmark::{Event, Options, Parser};

use super::*;

const ALL: [Flavor; 6] =
    [Flavor::GitHub, Flavor::Quarto, Flavor::Myst, Flavor::Zola, Flavor::Hugo, Flavor::MdBook];

/// Without a front matter of the sheet's own.
fn body(markdown: &str, flavor: Flavor) -> String {
    let body = walk::rewritten(markdown, flavor, &Front::default(), &Words::default());
    match flavor {
        Flavor::Quarto | Flavor::Myst => callout::moved_out(body, flavor),
        _ => body,
    }
}

#[test]
fn each_generator_gets_its_own_form() {
    use Flavor::*;
    let table = [
        // Formulas, of which Zola and mdBook know nothing.
        ("$a_1$", GitHub, "$a_1$"),
        ("$a_1$", Quarto, "$a_1$"),
        ("$a_1$", Hugo, r"\(a_1\)"),
        ("$a_1$", Zola, r"\\(a\_1\\)"),
        (
            "> $$\n> a \\\\\n> b \\tag{3}\n> $$",
            MdBook,
            "> \\\\[\n> a \\\\\\\\\n> b \\\\tag{3}\n> \\\\]",
        ),
        ("> $$\n> a \\\\\n> b \\tag{3}\n> $$", Quarto, "> $$\n> a \\\\\n> b \\tag{3}\n> $$"),
        // Goldmark's extension would show the marks of the quotation.
        ("> $$\n> a \\\\\n> b \\tag{3}\n> $$", Hugo, r"> $$a \\ b \tag{3}$$"),
        ("$$\na\n$$", Hugo, "$$\na\n$$"),
        // Shortcodes, Liquid and the like.
        ("x {{ y }} {% z %}", GitHub, "x &#123;{ y }} &#123;% z %}"),
        ("x {{ y() }} {% z() %}", Zola, r"x \{\{ y() }} \{\% z() %}"),
        ("x {{< y >}}", Hugo, r"x \{\{\< y >}}"),
        ("\\{{ x }}", GitHub, "&#123;{ x }}"),
        ("$x^{{a}}$ and ${%}$", GitHub, "$x^{ {a}}$ and ${ %}$"),
        ("$x^{{<}}$", Hugo, r"\(x^{ {<}}\)"),
        ("$x^{{<}}$", Quarto, "$x^{ {<}}$"),
        ("{{#include ../x}}", MdBook, r"\{\{#include ../x}}"),
        ("`{{ x }}`", GitHub, "<code>&#123;&#123; x &#125;&#125;</code>"),
        ("`{{< x >}}`", Hugo, "`{{</* x */>}}`"),
        ("`{{< x >}}`", Quarto, "`{{{< x >}}}`"),
        ("`{{< x`", Hugo, "&#123;&#123;&#60; x"),
        (
            "```\n{{ x }}\n\ny\n```",
            Zola,
            "<pre><code>&#123;&#123; x &#125;&#125;&#10;&#10;y</code></pre>",
        ),
        ("[a](b{{c}}.md)", Hugo, "[a](b&#123;{c}}.md)"),
        // Citations, roles, attributes, divisions, code that would run.
        ("see @smith, a@b.c", Quarto, r"see \@smith, a\@b.c"),
        ("[@smith]", Myst, r"\[\@smith]"),
        ("<m@e.org>", Quarto, "<m@e.org>"),
        ("{math}`x`", Myst, r"\{math}`x`"),
        ("`x`{=html}", Quarto, r"`x`\{=html}"),
        ("::: a", Myst, r"\::: a"),
        ("(a)=", Myst, r"\(a)="),
        ("+++", Myst, r"\+++"),
        ("% a", Myst, r"\% a"),
        ("(a) b", Quarto, r"\(a) b"),
        ("A. b", Quarto, r"A\. b"),
        ("\\alpha", Quarto, r"\\alpha"),
        ("`{python} 1`", Quarto, "&#123;python&#125; 1"),
        ("```{python}\nx\n```", Quarto, "```\nx\n```"),
        ("```{note}\nx\n```", Myst, "```\nx\n```"),
        ("a <b>c</b>", Hugo, "a &#60;b&#62;c&#60;&#47;b&#62;"),
        // Callouts, room and figures.
        ("> [!NOTE]\n> a\n>\n> b", GitHub, "> [!NOTE]\n> a\n>\n> b"),
        ("> [!NOTE]\n> a\n>\n> b", MdBook, "> [!NOTE]\n> a\n>\n> b"),
        ("> [!NOTE]\n> a\n>\n> b", Quarto, "::: {.callout-note}\n\na\n\nb\n\n:::"),
        ("> [!NOTE]\n> a\n>\n> > b", Myst, ":::{note}\n\na\n\n> b\n\n:::"),
        ("> q\n>\n> > [!TIP]\n> > a\n\nc", Myst, "> q\n>\n> :::{tip}\n>\n> a\n>\n> :::\n\nc"),
        ("> [!TIP]\n> > [!NOTE]\n> > a", Myst, "::::{tip}\n\n:::{note}\n\na\n\n:::\n\n::::"),
        ("> [!NOTE]\n> a", Hugo, "> **Note**\n>\n> a"),
        ("```space 1cm\n```", GitHub, "```space 1cm\n```"),
        ("```space 1cm\n```", Myst, "```\n\u{a0}\n\u{a0}\n```"),
        ("![A \"b\"](figures/x.svg \"T\")", Quarto, "![T](figures/x.svg){fig-alt=\"A \\\"b\\\"\"}"),
        ("![A](figures/x.svg \"T\")", Myst, ":::{figure} figures/x.svg\n:alt: A\n\nT\n:::"),
        ("![A](figures/x.svg \"T\")", Hugo, "![A](figures/x.svg \"T\")"),
        ("**a**\n\n<!-- frames -->\n\n1.  b", GitHub, "**a**\n\n<!-- frames -->\n\n1.  b"),
        ("**a**\n\n<!-- frames -->\n\n1.  b", Hugo, "**a**\n\n\n\n1.  b"),
        ("1.  a\n\n    $$\n    x\n    $$", Zola, "1.  a\n\n    \\\\[\n    x\n    \\\\]"),
        (
            "![A](figures/x.svg \"F 1. T\")\n\n*F 1. T*",
            GitHub,
            "![A](figures/x.svg \"F 1. T\")\n\n*F 1. T*",
        ),
        (
            "![A](figures/x.svg \"F 1. T\")\n\n*F 1. T*",
            Quarto,
            "![F 1. T](figures/x.svg){fig-alt=\"A\"}\n\n\n",
        ),
        (
            "![A](figures/x.svg \"F 1. T\")\n\n*Else*",
            Quarto,
            "![F 1. T](figures/x.svg){fig-alt=\"A\"}\n\n*Else*",
        ),
        // Places and links to them.
        ("## 2. A b\n\n[c](#2-a-b)", GitHub, "## 2. A b\n\n[c](#2-a-b)"),
        ("## 2. A b\n\n[c](#2-a-b)", Quarto, "## 2. A b {#2-a-b}\n\n[c](#2-a-b)"),
        ("## 2. A b\n\n[c](#2-a-b)", Myst, "(2-a-b)=\n## 2. A b\n\n[c](#2-a-b)"),
        ("[c](../b/handout.md#d)", Quarto, "[c](../b/handout.md#d)"),
        ("[c](../b/handout.md#d \"t\")", Hugo, "[c](../../b/handout/#d \"t\")"),
        ("[c](https://e.org/b.md)", Hugo, "[c](https://e.org/b.md)"),
        // Tables, and blocks right below a paragraph.
        ("|a|\n|-|\n|$\\|x\\|$|", Quarto, "|a|\n|-|\n|$\\vert x\\vert $|"),
        ("a:\n- b", Quarto, "a:\n\n- b"),
        ("> a:\n> - b", Quarto, "> a:\n>\n> - b"),
        ("- a\n  - b", Quarto, "- a\n  - b"),
    ];
    for (markdown, flavor, expected) in table {
        assert_eq!(body(markdown, flavor), expected, "{markdown} for {flavor:?}");
    }
}

/// What each generator looks for before it parses Markdown is nowhere left, whatever stands next
/// to whatever; and a plain parser sees the same text as before.
#[test]
fn no_mixture_leaves_what_a_generator_obeys() {
    let pieces = ["{{", "{%", "{{<", " a ", "\\", "`", "}}", "$x$", "> ", "\n\n", "{", "*b*"];
    let mut texts = BTreeSet::new();
    for a in pieces {
        for b in pieces {
            for c in pieces {
                for d in pieces {
                    texts.insert(format!("x {a}{b}{c}{d} y"));
                }
            }
        }
    }
    for text in texts {
        for (flavor, marks) in [
            (Flavor::GitHub, &["{{", "{%"][..]),
            (Flavor::Zola, &["{{", "{%"]),
            (Flavor::Hugo, &["{{<", "{{%"]),
            (Flavor::MdBook, &["{{#"]),
        ] {
            let written = body(&text, flavor);
            for mark in marks {
                let found = written.contains(mark) && !written.contains("{{</*");
                assert!(!found, "{text:?} for {flavor:?}: {written:?}");
            }
        }
        // A stray dollar sign never comes so far.
        if !super::super::formula_problems(&text).is_empty() {
            continue;
        }
        for flavor in [Flavor::GitHub, Flavor::Quarto, Flavor::Myst] {
            // The rewriting for these three keeps formulas, so a parser with formulas can tell.
            assert_eq!(plain(&body(&text, flavor)), plain(&text), "{text:?} for {flavor:?}");
        }
    }
}

/// All the text of a Markdown text, without its blanks.
fn plain(markdown: &str) -> String {
    let mut out = String::new();
    for event in Parser::new_ext(markdown, Options::ENABLE_MATH | Options::ENABLE_GFM) {
        match event {
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) => out.push_str(&text),
            // What GitHub gets as HTML is code with entities, whose text arrives by itself.
            _ => {}
        }
    }
    let code = out.replace("&#123;", "{");
    code.chars().filter(|letter| !letter.is_whitespace()).collect()
}

#[test]
fn a_front_matter_takes_the_title_and_what_is_printed_of_the_byline() {
    let templates = tera();
    let authors = ["A \"B\" C".to_owned(), "D".to_owned()];
    let tags = ["t".to_owned()];
    let front = Front {
        title: "A: {{ b }}",
        subtitle: Some("S"),
        authors: &authors,
        date: Some("2024-02-29"),
        language: "en",
        license: Some("CC-BY-4.0"),
        tags: &tags,
        description: "D",
    };
    let markdown = "# A: {{ b }}\n\n*S · Course · A \"B\" C, D · 2024-02-29*\n\nText\n";
    let table = [
        (
            Flavor::Quarto,
            "---\ntitle: \"A: \\\\{\\\\{ b }}\"\nsubtitle: \"S\"\nauthor: [\"A \\\"B\\\" C\", \"D\"]\n\
             date: 2024-02-29\nlang: \"en\"\ndescription: \"D\"\ncategories: [\"t\"]\n\
             license: \"CC-BY-4.0\"\n---\n\n*Course*\n\nText\n",
        ),
        (
            Flavor::Myst,
            "---\ntitle: \"A: \\\\{\\\\{ b }}\"\nsubtitle: \"S\"\nauthors: [\"A \\\"B\\\" C\", \"D\"]\n\
             date: 2024-02-29\ndescription: \"D\"\ntags: [\"t\"]\nlicense: \"CC-BY-4.0\"\n---\n\n\
             *Course*\n\nText\n",
        ),
    ];
    for (flavor, expected) in table {
        let written = flavored(markdown, flavor, &front, &Words::default(), &templates).unwrap();
        assert_eq!(written, expected);
    }
    for flavor in [Flavor::Zola, Flavor::Hugo] {
        let written = flavored(markdown, flavor, &front, &Words::default(), &templates).unwrap();
        assert!(
            written.ends_with("\n\n*S · Course · A \"B\" C, D · 2024-02-29*\n\nText\n"),
            "{written}"
        );
        assert!(written.contains("\"A: {{ b }}\"\n"), "{written}");
    }
    for flavor in ALL.iter().filter(|flavor| !flavor.prints_title()) {
        let written = flavored(markdown, *flavor, &front, &Words::default(), &templates).unwrap();
        assert!(written.starts_with("# A: "), "{written}");
    }
}

#[test]
fn a_front_matter_without_anything_but_a_title_is_whole() {
    let front = Front { title: "T", language: "de", description: "D", ..Front::default() };
    let table = [
        (Flavor::Quarto, "---\ntitle: \"T\"\nlang: \"de\"\ndescription: \"D\"\n---\n\nx\n"),
        (Flavor::Myst, "---\ntitle: \"T\"\ndescription: \"D\"\n---\n\nx\n"),
    ];
    for (flavor, expected) in table {
        let written = flavored("# T\n\nx\n", flavor, &front, &Words::default(), &tera()).unwrap();
        assert_eq!(written, expected);
    }
}

fn tera() -> tera::Tera {
    let mut tera = tera::Tera::default();
    let file = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/front_matter/");
        let text = std::fs::read_to_string(format!("{folder}{name}.md")).unwrap();
        (format!("front_matter/{name}.md"), text)
    };
    tera.add_raw_templates(["quarto", "myst", "zola", "hugo"].map(file)).unwrap();
    tera
}
