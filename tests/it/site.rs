//! Course sites: what stands on their pages, what a handout's site never holds, and that what
//! is kept between builds changes no byte.

use super::cli::Desk;

const SHEET: &str = "title: One neuron
subtitle: Two steps
tags: [sgd]
setups:
  neuron:
    model: |
      z = w*x + b
      y_hat = relu(z)
      loss = 1/2 * (y_hat - y)^2
    init: {w: 1, b: -1}
    data: [{x: 3, y: 0}]
    iterations: 1
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.3125}
cells:
  - question: A step
    label: step
    setup: neuron
    text: |
      Take a step.
    parts:
      - ask: |
          What is $w$?
        solution: |
          SECRET
        answers: [sgd.t1.w]
  - plot: parameters
    of: [neuron.sgd]
";

const PAGE: &str = "---\ntitle: Notes\n---\n# Notes\n\nSee [](week/sheet.yaml#step), [it](week/sheet.yaml)\nand [points](points.csv).\n\n## One\n\n## Two\n";

const COURSE: &str =
    "title: A course\norder: [notes.md]\nbase: https://example.org/c\nlicense: CC0\n";

fn course() -> Desk {
    Desk::new(&[
        ("course/gradsheet.yaml", COURSE),
        ("course/notes.md", PAGE),
        ("course/points.csv", "x\n1\n"),
        ("course/unused.csv", "x\n2\n"),
        ("course/week/sheet.yaml", SHEET),
    ])
}

fn text(desk: &Desk, name: &str) -> String {
    std::fs::read_to_string(desk.path(name)).unwrap()
}

/// The files of a site, without the hidden ones.
fn built(desk: &Desk, arguments: &[&str]) -> std::collections::BTreeMap<String, Vec<u8>> {
    desk.run(&[&["site", "course", "-o", "site"], arguments].concat()).ends_with(0);
    desk.files("site")
}

#[test]
fn a_folder_becomes_a_site() {
    let desk = course();
    let files = built(&desk, &[]);
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let expected = [
        "404.html",
        "feed.xml",
        "index.html",
        "notes.html",
        "points.csv",
        "sitemap.xml",
        "tags/sgd.html",
        "week/sheet.html",
    ];
    assert_eq!(names, expected);
    let notes = text(&desk, "site/notes.html");
    for part in [
        "<a href=\"week/sheet.html#question_1\">One neuron (question 1)</a>",
        "<a href=\"week/sheet.html\">it</a>",
        "<a rel=\"next\" href=\"week/sheet.html\">",
        "<a href=\"#two\">Two</a>",
        "Licence: CC0",
    ] {
        assert!(notes.contains(part), "{part} in {notes}");
    }
    let sheet = text(&desk, "site/week/sheet.html");
    for part in [
        "<details class=\"solution\">\n<summary>Solution</summary>",
        "SECRET",
        "<a rel=\"prev\" href=\"../notes.html\">",
        "<a href=\"../tags/sgd.html\">sgd</a>",
    ] {
        assert!(sheet.contains(part), "{part}");
    }
    assert!(!sheet.contains("<script"));
    // Every figure of the solutions is folded away.
    let open = sheet.split("<details").next().unwrap();
    assert!(!open.contains("<svg"));
    let sitemap = text(&desk, "site/sitemap.xml");
    assert!(sitemap.contains("<loc>https://example.org/c/week/sheet.html</loc>"));
    assert!(text(&desk, "site/404.html").contains("href=\"https://example.org/c/\""));
}

#[test]
fn the_site_of_handouts_does_not_hang_on_solutions() {
    let desk = course();
    let before = built(&desk, &["--audience", "handout"]);
    let other = SHEET.replace("SECRET", "$1 = 2$").replace("[sgd.t1.w]", "[sgd.t1.b]");
    std::fs::write(desk.path("course/week/sheet.yaml"), other).unwrap();
    let after = built(&desk, &["--audience", "handout"]);
    assert_eq!(before, after);
    for (name, bytes) in before {
        let text = String::from_utf8(bytes).unwrap();
        // w after the step is 1 - 0.3125 * 6 = -0.875.
        for hidden in ["SECRET", "0.875", "<details class=\"solution\"", "<svg"] {
            assert!(!text.contains(hidden), "{hidden} in {name}");
        }
    }
}

#[test]
fn a_sheet_says_what_it_takes_and_the_contents_how_long() {
    let desk = course();
    let told = SHEET.replacen("tags:", "minutes: 15\nassumes: [limits, sums]\ntags:", 1);
    let short = SHEET.replacen("tags:", "minutes: 1\nassumes: sums\ntags:", 1);
    std::fs::write(desk.path("course/week/sheet.yaml"), told).unwrap();
    std::fs::write(desk.path("course/week/short.yaml"), short).unwrap();
    built(&desk, &[]);
    let sheet = text(&desk, "site/week/sheet.html");
    assert!(
        sheet.contains("Time: about 15 minutes. Assumed known: limits and sums.</p>"),
        "{sheet}"
    );
    let short = text(&desk, "site/week/short.html");
    assert!(short.contains("Time: about one minute. Assumed known: sums.</p>"), "{short}");
    let contents = text(&desk, "site/index.html");
    assert!(contents.contains("<p>Time: about 15 minutes.</p>"), "{contents}");
}

#[test]
fn dated_solutions_wait_for_their_day() {
    let desk = course();
    let dated = SHEET.replacen("tags:", "release: 2026-12-01\ntags:", 1);
    std::fs::write(desk.path("course/week/sheet.yaml"), dated).unwrap();
    let table = [
        (None, false),
        (Some("2026-11-30"), false),
        (Some("2026-12-01"), true),
        (Some("2027-01-01"), true),
        (None, false),
    ];
    for (day, shown) in table {
        let arguments = day.map_or(vec![], |day| vec!["--as-of", day]);
        built(&desk, &arguments);
        let sheet = text(&desk, "site/week/sheet.html");
        assert_eq!(sheet.contains("SECRET"), shown, "{day:?}");
        assert_eq!(sheet.contains("Solutions appear on 2026-12-01."), !shown, "{day:?}");
    }
    desk.run(&["site", "course", "--as-of", "2026-02-30"]).ends_with(2);
}

#[test]
fn what_is_kept_is_what_would_be_made() {
    let desk = course();
    // It stands behind the sheet and links to nothing, but it names its neighbour.
    std::fs::write(desk.path("course/z.md"), "# Last\n").unwrap();
    built(&desk, &[]);
    let explained = |desk: &Desk| desk.run(&["site", "course", "-o", "site", "--explain"]).out;
    assert_eq!(explained(&desk), "notes.md: kept\nz.md: kept\nweek/sheet.yaml: kept\n");
    // The page names the sheet's title, so that it is made again with it.
    let other = SHEET.replace("One neuron", "A neuron");
    std::fs::write(desk.path("course/week/sheet.yaml"), other).unwrap();
    assert_eq!(
        explained(&desk),
        "notes.md: made again, since week/sheet.yaml changed\nz.md: kept\n\
         week/sheet.yaml: made again, since week/sheet.yaml changed\n"
    );
    assert!(text(&desk, "site/z.html").contains("A neuron"));
    let kept = desk.files("site");
    assert_eq!(kept, built(&desk, &["--fresh"]));
    // What somebody did to the site is undone; what the cache lost is made again.
    std::fs::write(desk.path("site/z.html"), "other").unwrap();
    std::fs::remove_file(desk.path("site/week/sheet.html")).unwrap();
    for name in desk.names(".cache").iter().filter(|name| name.ends_with(".html")) {
        std::fs::write(desk.path(".cache").join(name), "lost").unwrap();
    }
    assert_eq!(kept, built(&desk, &[]));
    // A page that is gone is gone from the site.
    std::fs::remove_file(desk.path("course/notes.md")).unwrap();
    std::fs::write(desk.path("course/gradsheet.yaml"), "title: A course\n").unwrap();
    let left = built(&desk, &[]);
    assert!(!left.contains_key("notes.html") && !left.contains_key("points.csv"));
    assert!(!left.contains_key("sitemap.xml"));
    assert_eq!(left, built(&desk, &["--fresh"]));
    // Nothing is kept where others could put it.
    assert_eq!(
        desk.names("course"),
        ["gradsheet.yaml", "points.csv", "unused.csv", "week/sheet.yaml", "z.md"]
    );
}

#[test]
fn images_are_part_of_the_page() {
    let desk = course();
    std::fs::write(desk.path("course/week/a b.png"), b"\x89PNG").unwrap();
    let page = "# Page\n\n![One & \"dot\"](<a b.png>)\n";
    std::fs::write(desk.path("course/week/page.md"), page).unwrap();
    let files = built(&desk, &[]);
    assert!(!files.keys().any(|name| name.ends_with(".png")));
    // The Base64 of these bytes by `printf '\\x89PNG' | base64`.
    let image = "<img src=\"data:image/png;base64,iVBORw==\" alt=\"One &amp; “dot”\">";
    let html = text(&desk, "site/week/page.html");
    assert!(html.contains(image), "{html}");
    // Another image makes another page.
    std::fs::write(desk.path("course/week/a b.png"), b"\x89PNh").unwrap();
    built(&desk, &[]);
    assert!(text(&desk, "site/week/page.html").contains("iVBOaA=="));
}

#[test]
fn links_that_lead_nowhere_are_errors_and_nothing_is_written() {
    let desk = course();
    let before = built(&desk, &[]);
    let table = [
        ("[a](gone.md)", "leads nowhere"),
        ("[a](week/sheet.yaml#gone)", "which `week/sheet.html` doesn't have"),
        ("[](week/sheet.yaml#gone)", "no label `gone`"),
        ("[a](../../etc/passwd)", "leads out of the course"),
        ("[](gone.yaml)", "needs a text"),
        ("![a](picture.png)", "there is no image `picture.png`"),
        ("![a](https://e.org/p.png)", "loads nothing from elsewhere"),
        ("![a](../../p.png)", "there is no image"),
        ("![a](points.csv)", "`points.csv` is no image"),
        ("![](points.csv)", "for those who can't see it"),
        ("$\\foo$", "can't be set"),
        ("---\n\n[a](#gone)", "doesn't have"),
    ];
    for (wrong, message) in table {
        std::fs::write(desk.path("course/notes.md"), format!("# Notes\n\n{wrong}\n")).unwrap();
        let done = desk.run(&["site", "course", "-o", "site"]).ends_with(2);
        assert!(done.err.contains(message), "{wrong}: {}", done.err);
        assert!(done.err.contains("course/notes.md"), "{wrong}: {}", done.err);
        assert_eq!(desk.files("site"), before, "{wrong}");
    }
}
