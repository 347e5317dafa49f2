//! How values and papers look: `display` and `paper`.

use super::{Bounds, Holds, Mapping, key};

pub(in super::super) static DISPLAY: Mapping = Mapping {
    name: "display",
    meaning: "How values print. A set-up or an optimizer may have its own; what that leaves out is \
              as outside.",
    keys: &[
        key("decimals", "Digits after the point.", Holds::Whole(0, 100)).without(&["significant"]),
        key("significant", "Significant digits.", Holds::Whole(1, 100)).or("4"),
        key(
            "rounding",
            "Which way a tie goes: `half_up` away from zero, `half_even` to the even digit.",
            Holds::Words(&["half_up", "half_even"]),
        )
        .or("half_up"),
        key(
            "carry",
            "What each iteration goes on from: the `exact` values, or the parameters and state as \
             `displayed`, as a student with a pencil does. Both end in the same branches, or an \
             error says where not.",
            Holds::Words(&["exact", "displayed"]),
        )
        .or("exact"),
        key(
            "exact_form",
            "Whether a form such as 1 - sqrt(2)/4 is shown beside the decimal where there is one.",
            Holds::Truth,
        )
        .or("false"),
    ],
    branches: None,
};

pub(in super::super) static PAPER: Mapping = Mapping {
    name: "paper",
    meaning: "How papers are printed. What a scenario leaves out is as in the course file.",
    keys: &[
        key("size", "The size of a sheet.", Holds::Words(&["a4", "letter"])).or("a4"),
        key("columns", "Columns of text.", Holds::Whole(1, 2)).or("1"),
        key(
            "font_size",
            "The size of the text, from `8pt` to `16pt`.",
            Holds::Either(&[
                Holds::Form(
                    r"^\s*(?:0*(?:[89]|1[0-5])(?:\.[0-9]*)?|0*16(?:\.0*)?)\s*(?:p\s*t\s*)?$",
                ),
                Holds::Decimal(Bounds::Within(8, 16)),
            ]),
        )
        .or("11pt"),
        key("header", "A text at the head of every page.", Holds::Text),
        key("footer", "A text at the foot of every page.", Holds::Text),
        key(
            "logo",
            "An SVG, PNG or JPEG file below the scenario's folder, shown at the head of every page.",
            Holds::Form(
                r"^(?!/|\.{1,2}/)(?!.*/\.\.(?:/|$)).*\.(?:[sS][vV][gG]|[pP][nN][gG]|[jJ][pP][eE]?[gG])$",
            ),
        ),
        key(
            "exam",
            "Whether the handout begins with fields for name and student number and a table for \
             marks.",
            Holds::Truth,
        )
        .or("false"),
        key("archival", "Whether PDF files keep to PDF/A-2a beside PDF/UA-1.", Holds::Truth)
            .or("false"),
    ],
    branches: None,
};
