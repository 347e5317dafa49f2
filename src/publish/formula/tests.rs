use super::*;

fn inline(tex: &str) -> String {
    let mathml = to_mathml(tex, Display::Inline).unwrap();
    mathml.trim_start_matches("<math>").trim_end_matches("</math>").to_owned()
}

#[test]
fn elements_follow_mathml_core() {
    let table = [
        ("a<b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"),
        ("\\text{a < b & c}", "<mtext>a &lt; b &amp; c</mtext>"),
        ("\\text{100\\% of \\$1}", "<mtext>100% of $1</mtext>"),
        ("\\operatorname{<b>}", "<mi>&lt;b&gt;</mi>"),
        ("\\mathbb{R}^n", "<msup><mi>ℝ</mi><mi>n</mi></msup>"),
        ("\\mathrm{ReLU}", "<mi>ReLU</mi>"),
        ("\\mathrm{d}x", "<mi mathvariant=\"normal\">d</mi><mi>x</mi>"),
        ("1{,}5", "<mn>1,5</mn>"),
        ("1{,}5^2", "<msup><mn>1,5</mn><mn>2</mn></msup>"),
        ("x{,}5", "<mi>x</mi><mo lspace=\"0\" rspace=\"0\">,</mo><mn>5</mn>"),
        ("\\mkern18mu", "<mspace width=\"1em\"></mspace>"),
    ];
    for (tex, mathml) in table {
        assert_eq!(inline(tex), mathml, "{tex}");
    }
}

#[test]
fn primes_stay_with_what_they_belong_to() {
    let table = [
        ("f'", "<mrow><mi>f</mi><mo>′</mo></mrow>"),
        ("f''", "<mrow><mi>f</mi><mo>″</mo></mrow>"),
        ("a_1'", "<mrow><msub><mi>a</mi><mn>1</mn></msub><mo>′</mo></mrow>"),
        ("a'_1", "<mrow><msub><mi>a</mi><mn>1</mn></msub><mo>′</mo></mrow>"),
        ("a'^2", "<msup><mrow><mi>a</mi><mo>′</mo></mrow><mn>2</mn></msup>"),
        ("\\text{ReLU}'", "<mrow><mtext>ReLU</mtext><mo>′</mo></mrow>"),
    ];
    for (tex, mathml) in table {
        assert_eq!(inline(tex), mathml, "{tex}");
    }
}

#[test]
fn accents_say_that_they_are_accents() {
    let table = [
        ("\\hat{y}", "<mo stretchy=\"false\">ˆ</mo>"),
        ("\\bar v", "<mo stretchy=\"true\">¯</mo>"),
        ("\\tilde x", "<mo stretchy=\"false\">˜</mo>"),
        ("\\widehat{xy}", "<mo stretchy=\"true\">^</mo>"),
        ("\\vec x", "<mo stretchy=\"false\" mathsize=\"70%\">→</mo>"),
    ];
    for (tex, mark) in table {
        let mathml = inline(tex);
        assert!(mathml.starts_with("<mover accent=\"true\">"), "{mathml}");
        assert!(mathml.ends_with(&format!("{mark}</mover>")), "{mathml}");
    }
    // What is set above a relation is not an accent, and the relation keeps its space.
    assert_eq!(inline("\\overset{!}{=}"), "<mover><mo>=</mo><mi>!</mi></mover>");
    let wide = "<mrow class=\"overline\"><mrow><mi>x</mi><mi>y</mi></mrow></mrow>";
    assert_eq!(inline("\\overline{xy}"), wide);
}

#[test]
fn a_sign_is_not_a_binary_operator() {
    const SIGN: &str = "<mo form=\"prefix\" lspace=\"0\" rspace=\"0\">−</mo>";
    let table = [
        ("-3", true),
        ("a=-3", true),
        ("2\\cdot-3", true),
        ("(-3)", true),
        ("a-3", false),
        ("(a)-3", false),
        ("x'-3", false),
        ("x_1-3", false),
    ];
    for (tex, sign) in table {
        assert_eq!(inline(tex).contains(SIGN), sign, "{tex}");
    }
    // An attribute stands once, whoever sets it.
    let braced = "<mi>a</mi><mo form=\"prefix\" lspace=\"0\" rspace=\"0\">*</mo>";
    assert_eq!(inline("a {\\ast}"), braced);
}

#[test]
fn functions_keep_their_distance_outside_of_scripts() {
    let space = "<mspace width=\"0.1667em\"></mspace>";
    let table = [
        (
            "a\\max_x b",
            format!(
                "<mi>a</mi>{space}<msub><mi>max</mi><mi>x</mi></msub><mo>\u{2061}</mo>{space}<mi>b</mi>"
            ),
        ),
        ("\\sin(x)", "<mi>sin</mi><mo>\u{2061}</mo><mo stretchy=\"false\">(</mo><mi>x</mi><mo stretchy=\"false\">)</mo>".into()),
        ("\\displaystyle\\operatorname*{arg\\,max}_x", "<mstyle displaystyle=\"true\" scriptlevel=\"0\"><munder><mi>arg\u{2009}max</mi><mi>x</mi></munder></mstyle>".into()),
    ];
    for (tex, mathml) in table {
        assert_eq!(inline(tex), mathml, "{tex}");
    }
}

#[test]
fn environments_align_their_columns() {
    let table = [
        ("\\begin{aligned}a&=b\\\\c&=d\\\\\\end{aligned}", "right left", true, 2, 4),
        ("\\begin{aligned}a&=b&c&=d\\end{aligned}", "right left right left", true, 1, 4),
        ("\\begin{cases}1&\\text{if }x\\\\0&y\\end{cases}", "left", false, 2, 4),
        ("\\begin{array}{rc}1&2\\end{array}", "right center", false, 1, 2),
        ("\\begin{array}{r|r}\\hline1&2\\\\\\hline\\end{array}", "right", false, 1, 2),
        ("\\begin{pmatrix}1&2\\end{pmatrix}", "", false, 1, 2),
        ("\\begin{gathered}1\\\\2\\end{gathered}", "", true, 2, 2),
    ];
    for (tex, align, display, rows, cells) in table {
        let mathml = inline(tex);
        if align.is_empty() {
            assert!(!mathml.contains("columnalign"), "{mathml}");
        } else {
            assert!(mathml.contains(&format!("columnalign=\"{align}\"")), "{mathml}");
        }
        assert_eq!(mathml.contains("<mtable") && mathml.contains("displaystyle=\"true\""), display);
        assert_eq!(mathml.matches("<mtr").count(), rows, "{mathml}");
        assert_eq!(mathml.matches("<mtd").count(), cells, "{mathml}");
    }
}

#[test]
fn a_formula_inside_text_is_a_formula() {
    assert_eq!(
        inline("\\text{if $z > 0$}"),
        "<mrow><mtext>if&nbsp;</mtext><mi>z</mi><mo>&gt;</mo><mn>0</mn></mrow>"
    );
}

#[test]
fn problems_name_what_is_wrong() {
    let deep = format!("{}x{}", "{".repeat(200), "}".repeat(200));
    let roots = format!("{} x", "\\sqrt".repeat(20_000 / 6));
    let long = "x".repeat(20_001);
    let table = [
        ("\\foo x", "unknown command `\\foo`"),
        ("a \\boxed{x}", "unknown command `\\boxed`"),
        ("\\begin{foo}x\\end{foo}", "unknown environment `foo`"),
        ("x & y", "alignment not allowed in current environment"),
        ("{", "unbalanced group found, expected it to be closed with `}`"),
        ("\\text{\\alpha}", "`\\alpha` cannot stand in \\text"),
        ("\\operatorname{a\\beta}", "`\\beta` cannot stand in an operator name"),
        ("\\text{if $x}", "a formula inside \\text lacks its closing `$`"),
        ("\\text x", "`\\text` needs braces around its text"),
        (&deep, "it is nested more than 64 deep"),
        (&roots, "it is nested more than 64 deep"),
        ("\\def\\a{x}", "`\\def`: macros cannot be defined in a formula"),
        (
            &long,
            "its 20001 bytes are more than the 20000 that the limit `formula_length` allows; \
             `--limit formula_length=20001` allows as many",
        ),
    ];
    for (tex, problem) in table {
        assert_eq!(to_mathml(tex, Display::Block).unwrap_err(), problem);
    }
}

#[test]
fn every_formula_of_the_worksheet_converts() {
    // Those of the first worksheet that use a command which the others do not.
    let terms = r"0.5 \cdot 0.3 + \alpha x - ".repeat(100) + r"\beta";
    for tex in [
        &terms,
        r"\frac{1}{2} \|\hat{y} - y\|_2^2",
        r"\bar{v}_5 = \bar{v}_6 \cdot \frac{\partial}{\partial v_5} \text{ReLU}(v_5) \in \mathbb{R}^{1 \times m}",
        r"\theta_{t+1} = \theta_t - \alpha \frac{u_{t+1}}{\sqrt{v_{t+1}} + \epsilon}",
        r"W_{ij} \sim \mathcal{N}(0, \frac{2}{n})",
        r"b = -10^6 \cdot \mathbf{1}",
        r"x^\top \bar{v}_4",
        r"\lVert x \rVert \cancel{y} \operatorname{softmax}(z)",
    ] {
        assert!(to_mathml(tex, Display::Block).is_ok(), "{tex}");
    }
}

fn typst(tex: &str, display: Display, room: f32) -> String {
    print(tex, display, room, &Vocabulary::new()).unwrap().markup
}

#[test]
fn papers_have_the_same_elements() {
    let table = [
        ("x", r"\u{78}"),
        ("12.5", "\"12.5\""),
        ("x=1", r#"\u{78}class("relation",\u{3d})"1""#),
        ("-x", r#"class("normal",\u{2212})\u{78}"#),
        ("a-b", r#"\u{61}class("binary",\u{2212})\u{62}"#),
        ("f'", r"attach(\u{66},t:\u{2032})"),
        (
            r"\mathrm{ReLU}'(z)",
            r#"attach("ReLU",t:\u{2032})class("opening",\u{28})\u{7a}class("closing",\u{29})"#,
        ),
        (r"\frac{1}{2}", r#"frac("1","2")"#),
        (r"\sqrt{x}", r"sqrt(\u{78})"),
        (r"\sqrt[3]{x}", r#"root("3",\u{78})"#),
        (r"x_1^2", r#"attach(\u{78},b:"1",t:"2")"#),
        (r"\hat{y}", r"hat(\u{79})"),
        (r"\bar v", r"macron(\u{76})"),
        (r"\overline{xy}", r"overline(\u{78}\u{79})"),
        (r"\left(x\right)", r"lr(\u{28}\u{78}\u{29})"),
        ("\\text{a \"}", "\"a \\\"\""),
        (r"\mathbb{R}", r"\u{211d}"),
        (r"\mu", r"\u{3bc}"),
        (r"a/b", r#"\u{61}class("normal",\u{2f})\u{62}"#),
        (r"f'^2", r#"attach(attach(\u{66},t:\u{2032}),t:"2")"#),
        (r"\overset{a}{b}_2", r#"attach(scripts(attach(limits(\u{62}),t:\u{61})),b:"2")"#),
        (r"\left\{x\middle|y\right\}", r"lr(\u{7b}\u{78}mid(\u{7c})\u{79}\u{7d})"),
        (r"\binom{n}{}", r"lr(\u{28}mat(delim:#none,row-gap:#0.3em,\u{6e};#none;)\u{29})"),
        (r"{a^b}^c", r#"attach(class("normal",attach(\u{61},t:\u{62})),t:\u{63})"#),
        (r"\xrightarrow{a}", r"attach(stretch(\u{2192}),t:\u{61})"),
        (r"\overleftarrow{AB}", r"arrow.l(\u{41}\u{42})"),
        (
            r"\begin{matrix}1&\\&2\end{matrix}",
            r#"mat(delim:#none,column-gap:#0.8em,"1",#none;;#none;,"2")"#,
        ),
        (r"\neq", r#"class("relation",\u{2260})"#),
        (r"\not\equiv", r#"class("relation",\u{2262})"#),
        (r"a\,b", r"\u{61}#h(0.1667em);\u{62}"),
        (
            r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
            r#"lr(\u{28}mat(delim:#none,column-gap:#0.8em,"1","2";"3","4")\u{29})"#,
        ),
        (
            r"\begin{cases}1&z\\0&x\end{cases}",
            r#"lr(\u{7b}mat(delim:#none,column-gap:#1em,&"1",&\u{7a};&"0",&\u{78}))"#,
        ),
        (
            r"\|x\|_2^2",
            r#"class("normal",\u{2016})\u{78}attach(class("normal",\u{2016}),b:"2",t:"2")"#,
        ),
    ];
    for (tex, markup) in table {
        assert_eq!(typst(tex, Display::Inline, 40.0), markup, "{tex}");
    }
}

#[test]
fn display_formulas_are_broken_where_they_are_too_wide() {
    let aligned = "\\begin{aligned} a &= b + c = d + e = f \\\\ g &= h \\end{aligned}";
    let lines = |room| typst(aligned, Display::Block, room).matches(" \\ ").count() + 1;
    assert_eq!(lines(40.0), 2);
    assert_eq!(lines(7.0), 3);
    // Three relations, and a sum that is cut too.
    assert!(lines(3.0) > 4, "{}", typst(aligned, Display::Block, 3.0));
    // What is cut begins with its relation, in the column of the first one.
    let row = typst("a = b = c", Display::Block, 3.0);
    assert_eq!(row, r#"\u{61}&class("relation",\u{3d})\u{62} \ &class("relation",\u{3d})\u{63}"#);
    // A sum without a relation is broken too.
    assert!(typst("a + b + c + d", Display::Block, 3.0).starts_with(r"&\u{61}"));
    assert!(typst("a + b + c + d", Display::Block, 3.0).contains(" \\ "));
    // What no break and no small letters make fit is refused.
    assert!(print(&"x".repeat(60), Display::Block, 10.0, &Vocabulary::new()).is_err());
    // Nothing inside parentheses or bars is torn apart.
    assert_eq!(typst("|a + b + c + d|", Display::Block, 4.0).matches(" \\ ").count(), 0);
    assert_eq!(typst("f(a + b + c + d)", Display::Block, 4.0).matches(" \\ ").count(), 0);
}

#[test]
fn a_paper_says_what_its_formulas_are() {
    let words = [
        ("equals", "equals"),
        ("squared", "squared"),
        ("gradient", "gradient"),
        ("prime", "prime"),
        ("hat", "hat"),
        ("fraction", "<< top >> over << bottom >>"),
        ("fraction_long", "the fraction << top >>, over << bottom >>, end of fraction,"),
        ("root", "the root of << of >>"),
        ("sub", "sub << index >>"),
        ("super", "super << exponent >>"),
        ("times", "times"),
        ("minus", "minus"),
        ("cases", "by cases: << rows >>"),
        ("choose", "<< top >> choose << bottom >>"),
        ("plus", "plus"),
        ("bold", "bold"),
    ];
    let words = words.map(|(key, word)| (format!("spoken_{key}"), word.to_owned())).into();
    let table = [
        (r"\hat{y}^2", "y hat squared"),
        (r"\frac{1}{2}", "1 over 2"),
        (r"\frac{a-b}{\sqrt 2}", "the fraction a minus b, over the root of 2, end of fraction"),
        (r"u^w_1", "u sub 1 super w"),
        (r"\alpha\cdot f'", "alpha times f prime"),
        (r"\nabla_w L=6", "gradient sub w L equals 6"),
        (r"\begin{cases}1&\text{if }z\\0&x\end{cases}", "by cases: 1 if z; 0 x"),
        (r"\underbrace{a+b}_c", "a plus b sub c"),
        (r"\dbinom{n}{2}", "open n choose 2 close"),
        (r"\mathbf{W}\mu", "bold W mu"),
        (r"w^{(t)}", "w super open t close"),
        (r"f=\begin{cases}1&\text{if }z\\0&x\end{cases}", "f equals by cases: 1 if z; 0 x"),
    ];
    for (tex, spoken) in table {
        let printed = print(tex, Display::Inline, 40.0, &words).unwrap();
        assert_eq!(printed.spoken, spoken, "{tex}");
    }
}
