//! What a mark is made for, and what that looks like.
//!
//! plotters knows colours only. So a role travels through it as a colour whose red
//! part is the role and whose green part is the series, and comes out as a class of
//! the style sheet below. The sheet's rules are confined to `.gs-plot`, because a
//! style inside an SVG holds for the whole page that it is put into.

use std::fmt::Write as _;

use plotters::style::RGBColor;

/// The role of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    /// Words and numbers.
    Text,
    /// The lines of the mesh.
    Grid,
    /// The lines through zero.
    Zero,
    /// The axes and their ticks.
    Axis,
    /// Lines of equal height.
    Contour,
    /// The line of a series, with its dash.
    Line(usize),
    /// The filled marker of a series.
    Solid(usize),
    /// The outlined marker of a series.
    Hollow(usize),
    /// The bars of a series.
    Bar(usize),
    /// The outline of a series' bars, with its dash.
    Steps(usize),
    /// A series without markers, with its dash.
    Curve(usize),
    /// What a series should be; the theory of several series where there is none.
    Theory(Option<usize>),
    /// The intervals and outlined markers of a series where they crowd.
    Thin(usize),
    /// A number beside a marker.
    Number(usize),
}

/// For whom the colours are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Theme {
    /// CSS variables with values for light and dark: for pages and browsers.
    Adaptive,
    /// Plain dark colours: for paper, and for programs that know no CSS variables.
    Print,
}

/// Colours for series on a light and on a dark ground: in either column at least
/// 4.5:1, so that numbers may have them too.
pub(super) const PALETTE: [(&str, &str); 6] = [
    ("#0b62a8", "#6cb2f7"),
    ("#b3420b", "#ff9c63"),
    ("#0a7350", "#4fd1a1"),
    ("#8b3da3", "#d79df2"),
    ("#7a5c00", "#e3c04a"),
    ("#bd2463", "#ff8fbc"),
];

/// Dashes, in tenths of a pixel, by their index. A line without gaps is drawn wider,
/// so that it still shows beside one that lies upon it.
const DASHES: [&str; 6] = ["none", "95 65", "25 55", "130 45 25 45", "55 30", "170 70"];

const RULES: &str = "\
.gs-plot{font-family:system-ui,sans-serif;font-size:165px;max-width:100%;height:auto}\
.gs-plot text{fill:currentColor;stroke:none}\
.gs-plot .grid{fill:none;stroke:currentColor;stroke-width:8;stroke-opacity:.13}\
.gs-plot .zero{stroke-opacity:.3}\
.gs-plot .height{stroke-width:11;stroke-opacity:.32}\
.gs-plot .axis{fill:none;stroke:currentColor;stroke-width:12}\
.gs-plot .l{fill:none;stroke:currentColor;stroke-width:23;stroke-linejoin:round}\
.gs-plot .l.d0{stroke-width:32}\
.gs-plot .m{fill:currentColor}\
.gs-plot .h{fill:none;stroke:currentColor;stroke-width:20}\
.gs-plot .b{fill:currentColor;fill-opacity:.22;stroke:currentColor;stroke-width:16}";

/// Rules for classes that few figures have, which only these carry.
const RARE: [(&str, &str); 4] = [
    ("steps", "fill:currentColor;fill-opacity:.06;stroke:currentColor;stroke-width:21"),
    ("curve", "fill:none;stroke:currentColor;stroke-width:18;stroke-linejoin:round"),
    ("theory", "fill:none;stroke:currentColor;stroke-width:18;stroke-dasharray:45 28"),
    ("thin", "fill:none;stroke:currentColor;stroke-width:12"),
];

/// Larger letters where the figure is scaled down; the layout has room for them.
const NARROW: &str = "@media (max-width:480px){.gs-plot{font-size:205px}}";

impl Ink {
    /// The role as plotters can carry it.
    pub(super) fn color(self) -> RGBColor {
        let (role, series) = match self {
            Ink::Text => (0, 0),
            Ink::Grid => (1, 0),
            Ink::Axis => (2, 0),
            Ink::Contour => (3, 0),
            Ink::Line(series) => (4, series),
            Ink::Solid(series) => (5, series),
            Ink::Hollow(series) => (6, series),
            Ink::Bar(series) => (7, series),
            Ink::Number(series) => (8, series),
            Ink::Zero => (9, 0),
            Ink::Steps(series) => (10, series),
            Ink::Curve(series) => (11, series),
            Ink::Theory(Some(series)) => (12, series),
            Ink::Theory(None) => (13, 0),
            Ink::Thin(series) => (14, series),
        };
        // Looks repeat after 36 series, long before a byte is full.
        RGBColor(role, u8::try_from(series % 36).unwrap_or(0), 0)
    }
}

/// The classes of a role, from the colour that carried it.
pub(super) fn classes((role, series, _): (u8, u8, u8)) -> String {
    let series = usize::from(series);
    let hue = series % PALETTE.len();
    // Each round through the colours meets the dashes one further on.
    let dash = (series + series / PALETTE.len()) % DASHES.len();
    match role {
        1 => "grid".to_owned(),
        2 => "axis".to_owned(),
        3 => "grid height".to_owned(),
        4 => format!("l c{hue} d{dash}"),
        5 => format!("m c{hue}"),
        6 => format!("h c{hue}"),
        7 => format!("b c{hue} d{dash}"),
        8 => format!("c{hue}"),
        9 => "grid zero".to_owned(),
        10 => format!("steps c{hue} d{dash}"),
        11 => format!("curve c{hue} d{dash}"),
        12 => format!("theory c{hue}"),
        13 => "theory".to_owned(),
        14 => format!("thin c{hue}"),
        _ => String::new(),
    }
}

/// The style sheet of a figure with so many series and with these elements.
pub(super) fn style_sheet(theme: Theme, series: usize, body: &str) -> String {
    let mut css = RULES.to_owned();
    for (class, rule) in RARE {
        if body.contains(&format!("class=\"{class}")) {
            // Writing to a String cannot fail.
            let _ = write!(css, ".gs-plot .{class}{{{rule}}}");
        }
    }
    let mut dark = String::from("--gs-text:#e6e8eb;");
    for (index, (on_light, on_dark)) in PALETTE.iter().enumerate().take(series) {
        let number = index + 1;
        let _ = match theme {
            Theme::Print => write!(css, ".gs-plot .c{index}{{color:{on_light}}}"),
            Theme::Adaptive => write!(
                css,
                ".gs-plot .c{index}{{color:var(--series-{number},var(--gs-{number},{on_light}))}}"
            ),
        };
        let _ = write!(dark, "--gs-{number}:{on_dark};");
    }
    for (index, dash) in DASHES.iter().enumerate().take(series).skip(1) {
        let _ = write!(css, ".gs-plot .d{index}{{stroke-dasharray:{dash}}}");
    }
    if theme == Theme::Adaptive {
        css.push_str(NARROW);
        // Only a picture that is a document of its own sets the colour of its text;
        // inside a page it is the page's.
        let _ = write!(
            css,
            ".gs-plot:root{{color:var(--gs-text,#1b1f24)}}\
             @media (prefers-color-scheme:dark){{.gs-plot{{{dark}}}}}"
        );
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast as WCAG 2 defines it.
    fn contrast(first: &str, second: &str) -> f64 {
        let luminance = |color: &str| -> f64 {
            [(1, 0.2126), (3, 0.7152), (5, 0.0722)]
                .iter()
                .map(|&(at, weight)| {
                    let byte = u8::from_str_radix(&color[at..at + 2], 16).unwrap();
                    let part = f64::from(byte) / 255.0;
                    let linear = if part <= 0.03928 {
                        part / 12.92
                    } else {
                        libm::pow((part + 0.055) / 1.055, 2.4)
                    };
                    weight * linear
                })
                .sum()
        };
        let (a, b) = (luminance(first), luminance(second));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn series_are_legible_on_light_and_dark() {
        for (on_light, on_dark) in PALETTE {
            for (color, ground) in
                [(on_light, "#ffffff"), (on_light, "#f4f4f0"), (on_dark, "#22272e")]
            {
                let ratio = contrast(color, ground);
                assert!(ratio >= 4.5, "{color} on {ground}: {ratio:.2}");
            }
        }
    }

    #[test]
    fn no_two_of_many_series_share_a_look() {
        let mut looks: Vec<String> = (0..36)
            .map(|series| {
                let RGBColor(red, green, blue) = Ink::Line(series).color();
                classes((red, green, blue))
            })
            .collect();
        looks.sort();
        looks.dedup();
        assert_eq!(looks.len(), 36);
    }

    #[test]
    fn print_has_no_variables() {
        let css = style_sheet(Theme::Print, 6, "");
        assert!(!css.contains("var(") && !css.contains("prefers"), "{css}");
    }
}
