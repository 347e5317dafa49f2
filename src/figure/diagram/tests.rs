use super::samples::{layer, network};
use super::*;
use crate::figure::Theme;

#[test]
fn write_samples() {
    let out = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("out");
    std::fs::create_dir_all(&out).unwrap();
    let mut page = String::from(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'><title>t</title><style>:root{color-scheme:light dark}body{font-family:system-ui;max-width:46rem;margin:1rem auto;padding:0 1rem}@media(prefers-color-scheme:dark){body{background:#1b1f24;color:#e6e8eb}}</style><main><h1>Graphs</h1>",
    );
    for (name, diagram) in [("layer", layer()), ("network", network())] {
        for (way, backward) in [("f", Backward::Hidden), ("b", Backward::Shown)] {
            for (dir, direction) in
                [("r", Direction::Right), ("d", Direction::Down), ("a", Direction::Fitting)]
            {
                let d = Diagram { backward, direction, ..diagram.clone() };
                let id = format!("{name}-{way}-{dir}");
                let svg = draw(&d, &id, Theme::Adaptive);
                std::fs::write(out.join(format!("{id}.svg")), &svg).unwrap();
                if dir == "a" {
                    page += &format!("<h2>{id}</h2><p>{svg}</p>");
                }
            }
        }
    }
    std::fs::write(out.join("page.html"), page + "</main>").unwrap();
}
