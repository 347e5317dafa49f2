use super::*;

/// The runs as text: `/italic/`, `*bold*`, and scripts as `_{…}` and `^{…}`.
fn shown(tex: &str) -> String {
    let Some(runs) = read(tex) else { return "refused".to_owned() };
    let show = |run: &Run| {
        let text = match run.face {
            Face::Upright => run.text.clone(),
            Face::Italic => format!("/{}/", run.text),
            Face::Bold => format!("*{}*", run.text),
        };
        match run.rise {
            0 => text,
            rise if rise > 0 => format!("^{{{text}}}"),
            _ => format!("_{{{text}}}"),
        }
    };
    runs.iter().map(show).collect::<String>().replace('\u{a0}', " ")
}

#[test]
fn formulas_become_runs_of_text() {
    let table = [
        ("", ""),
        ("v_4", "/v/_{4}"),
        ("v_{10}", "/v/_{10}"),
        ("xW + b", "/xW/ + /b/"),
        ("x W+b", "/xW/ + /b/"),
        ("1 \\times n", "1 × /n/"),
        ("\\mathrm{ReLU}(v_5)", "ReLU(/v/_{5})"),
        ("\\operatorname{softmax} z", "softmax /z/"),
        ("\\sigma(z)", "/σ/(/z/)"),
        ("\\Delta\\theta", "Δ/θ/"),
        ("\\bar v_5", "/v\u{304}/_{5}"),
        ("\\bar{v}_{5} W^\\top", "/v\u{304}/_{5}/W/^{⊤}"),
        ("\\hat{y} - y", "/y\u{302}/ − /y/"),
        ("\\overline{xy}", "/x\u{305}y\u{305}/"),
        ("x^\\top \\bar v_4", "/x/^{⊤}/v\u{304}/_{4}"),
        // The index comes first, in whichever order the scripts are written.
        ("W^{T}_1", "/W/_{1}^{/T/}"),
        ("\\mathbb{R}^{1 \\times n}", "ℝ^{1×}^{/n/}"),
        ("e^{x^2}", "/e/^{/x/}^{2}"),
        ("f'(z)", "/f/′(/z/)"),
        ("f''_1", "/f/′′_{1}"),
        // A minus without an operand before it has no spaces.
        ("-x", "−/x/"),
        ("(-x) \\cdot -y", "(−/x/) · −/y/"),
        ("x = -1", "/x/ = −1"),
        ("\\log x + \\exp(y)", "log /x/ + exp(/y/)"),
        ("2 \\log x", "2 log /x/"),
        ("\\sum v_{17}", "∑ /v/_{17}"),
        ("\\max(0, z)", "max(0, /z/)"),
        ("\\lVert \\hat y - y \\rVert^2", "‖/y\u{302}/ − /y/‖^{2}"),
        ("\\left( a \\odot b \\right)", "(/a/ ⊙ /b/)"),
        ("\\left. a \\right|", "/a/|"),
        ("b = -10^6 \\cdot \\mathbf{1}", "/b/ = −10^{6} · *1*"),
        ("0.5 x", "0.5/x/"),
        ("\\text{if } z > 0", "if /z/ > 0"),
        ("\\%", "%"),
    ];
    for (tex, expected) in table {
        assert_eq!(shown(tex), expected, "{tex}");
    }
}

#[test]
fn fractions_are_bracketed_where_a_slash_would_read_otherwise() {
    let table = [
        ("\\frac{a}{b}", "/a///b/"),
        ("\\frac12", "1/2"),
        ("\\frac{1}{2} x", "(1/2)/x/"),
        ("x \\frac{1}{2}", "/x/(1/2)"),
        ("x + \\frac{1}{2}", "/x/ + 1/2"),
        ("\\frac{a + b}{2}", "(/a/ + /b/)/2"),
        ("\\frac{a}{2n}", "/a//(2/n/)"),
        ("\\frac{\\partial L}{\\partial v_4}", "∂/L//∂/v/_{4}"),
        ("\\frac{\\frac{a}{b}}{c}", "(/a///b/)//c/"),
        ("\\frac{a}{b}^2", "(/a///b/)^{2}"),
        ("\\sqrt{v} + \\epsilon", "√/v/ + /ϵ/"),
        ("\\sqrt{a + b}", "√(/a/ + /b/)"),
    ];
    for (tex, expected) in table {
        assert_eq!(shown(tex), expected, "{tex}");
    }
}

#[test]
fn what_cannot_be_shown_is_refused_as_a_whole() {
    let deep = "{".repeat(100_000);
    let table = [
        "\\unknown",
        "a & b",
        "a \\\\ b",
        "\\begin{pmatrix}1\\end{pmatrix}",
        "{a",
        "a}",
        "x_1_2",
        "x^",
        "x^{a^{b^c}}",
        "\\hat{xy}",
        "\\bar{v_4}",
        "\\bar",
        "\\frac{1}",
        "\\mathbb{x}",
        "\\mathrm{a_b}",
        "\\mathrm",
        "\\",
        "$x$",
        &deep,
    ];
    for tex in table {
        assert_eq!(shown(tex), "refused", "{}", tex.chars().take(40).collect::<String>());
    }
}
