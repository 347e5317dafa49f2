//! What holds for every graph, tried on many.

use std::sync::OnceLock;

use super::geometry::{Area, Flow, Spot, spot};
use super::samples::{Chance, layer, network, random};
use super::scene::{Scene, scene};
use super::{Backward, Diagram, Direction, Formula, Kind, draw};
use crate::figure::Theme;

const VARIANTS: [(Direction, Backward); 4] = [
    (Direction::Right, Backward::Hidden),
    (Direction::Right, Backward::Shown),
    (Direction::Down, Backward::Hidden),
    (Direction::Down, Backward::Shown),
];

/// Two hundred random graphs, each in one of the variants, and the samples in all of them.
fn graphs() -> &'static [(Diagram, Scene)] {
    static GRAPHS: OnceLock<Vec<(Diagram, Scene)>> = OnceLock::new();
    GRAPHS.get_or_init(|| {
        let mut chance = Chance(7);
        let mut graphs = Vec::new();
        for (round, variant) in (0..200_usize).zip(VARIANTS.iter().cycle()) {
            graphs.push((random(&mut chance, 1 + round % 20), *variant));
        }
        for variant in VARIANTS {
            graphs.extend([(layer(), variant), (network(), variant)]);
        }
        let placed = |(diagram, (direction, backward))| {
            let diagram = Diagram { direction, backward, ..diagram };
            let scene = scene(&diagram);
            (diagram, scene)
        };
        graphs.into_iter().map(placed).collect()
    })
}

fn overlap(a: &Area, b: &Area) -> bool {
    let apart = |center: f64, other: f64, halves: f64| (center - other).abs() >= halves - 1e-6;
    !(apart(a.center.along, b.center.along, a.half.along + b.half.along)
        || apart(a.center.across, b.center.across, a.half.across + b.half.across))
}

/// Where the words of the edges are, each with its number.
fn words(scene: &Scene) -> Vec<(usize, Area)> {
    let wires = scene.wires.iter().enumerate();
    wires
        .filter_map(|(index, (wire, tag))| {
            let half = scene.flow.spot((tag.size.0 / 2.0, tag.size.1 / 2.0));
            Some((index, Area { center: wire.words?, half }))
        })
        .collect()
}

#[test]
fn boxes_and_words_do_not_overlap() {
    for (diagram, scene) in graphs() {
        assert_eq!(scene.boxes.len(), diagram.nodes.len());
        assert_eq!(scene.wires.len(), diagram.edges.len());
        let mut areas: Vec<Area> = scene.boxes.iter().map(|boxed| boxed.area).collect();
        areas.extend(words(scene).iter().map(|(_, area)| area));
        for (index, area) in areas.iter().enumerate() {
            for other in &areas[..index] {
                assert!(!overlap(area, other), "{area:?} {other:?} {diagram:?}");
            }
        }
    }
}

#[test]
fn arrows_keep_clear_of_boxes_and_of_the_words_of_others() {
    for (diagram, scene) in graphs() {
        let words = words(scene);
        for (index, (wire, _)) in scene.wires.iter().enumerate() {
            let ends = [diagram.edges[index].from, diagram.edges[index].to];
            let boxes = scene.boxes.iter().enumerate();
            let foreign: Vec<Area> = boxes
                .filter(|(node, _)| !ends.contains(node))
                .map(|(_, boxed)| boxed.area)
                .chain(words.iter().filter(|(other, _)| *other != index).map(|(_, area)| *area))
                .collect();
            for arrow in [Some(&wire.forward), wire.backward.as_ref()].into_iter().flatten() {
                // Straight pieces have no width; bends stay between the tracks they join.
                let straight = arrow.tracks.iter().map(|t| (t.from, t.to, t.across, t.across));
                let bends = arrow.tracks.windows(2).map(|two| {
                    assert!(two[0].to < two[1].from, "{arrow:?}");
                    (two[0].to, two[1].from, two[0].across, two[1].across)
                });
                for (from, to, start, end) in straight.chain(bends) {
                    let center = spot(from.midpoint(to), start.midpoint(end));
                    let half = spot((to - from) / 2.0, (end - start).abs() / 2.0);
                    let piece = Area { center, half };
                    for area in &foreign {
                        assert!(!overlap(&piece, area), "{piece:?} {area:?} {diagram:?}");
                    }
                }
            }
        }
    }
}

/// How far outside a box's border a place is, by the distance function of its shape.
fn outside(kind: Kind, area: &Area, place: Spot) -> f64 {
    let x = (place.along - area.center.along).abs() - area.half.along;
    let y = (place.across - area.center.across).abs() - area.half.across;
    let radius = match kind {
        Kind::Parameter => return x.max(y).max(x + y + 10.0),
        Kind::Leaf => area.half.along.min(area.half.across),
        Kind::Operation | Kind::Output => 9.0,
    };
    let (x, y) = (x + radius, y + radius);
    x.max(0.0).hypot(y.max(0.0)) + x.max(y).min(0.0) - radius
}

#[test]
fn arrows_end_at_the_borders_of_their_boxes() {
    for (diagram, scene) in graphs() {
        for ((wire, _), edge) in scene.wires.iter().zip(&diagram.edges) {
            for arrow in [Some(&wire.forward), wire.backward.as_ref()].into_iter().flatten() {
                let (start, end) = arrow.ends().unwrap();
                for (node, place) in [(edge.from, start), (edge.to, end)] {
                    let boxed = &scene.boxes[node];
                    let distance = outside(boxed.kind, &boxed.area, place);
                    assert!(distance.abs() < 1e-6, "{distance} {:?} {place:?}", boxed.kind);
                }
            }
        }
    }
}

#[test]
fn everything_is_inside_the_frame() {
    for (_, scene) in graphs() {
        let inside = |place: Spot| {
            let (x, y) = scene.flow.page(place);
            let (x, y) = (x - scene.origin.0, y - scene.origin.1);
            (0.0..=scene.size.0).contains(&x) && (0.0..=scene.size.1).contains(&y)
        };
        let words = words(scene);
        for area in scene.boxes.iter().map(|boxed| &boxed.area).chain(words.iter().map(|(_, a)| a))
        {
            let (low, high) = (spot(-area.half.along, -area.half.across), area.half);
            assert!(inside(area.center.plus(low)) && inside(area.center.plus(high)));
        }
        for (wire, _) in &scene.wires {
            for arrow in [Some(&wire.forward), wire.backward.as_ref()].into_iter().flatten() {
                for track in &arrow.tracks {
                    assert!(inside(spot(track.from, track.across)), "{track:?}");
                    assert!(inside(spot(track.to, track.across)), "{track:?}");
                }
            }
        }
    }
}

#[test]
fn the_same_graph_is_drawn_the_same() {
    for (diagram, _) in graphs().iter().step_by(8) {
        for theme in [Theme::Adaptive, Theme::Print] {
            let svg = draw(diagram, "g", theme);
            assert_eq!(svg, draw(diagram, "g", theme));
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }
}

#[test]
fn operands_stand_in_the_order_of_their_definition() {
    let scene = scene(&layer());
    let across = |node: usize| scene.boxes[node].area.center.across;
    let along = |node: usize| scene.boxes[node].area.center.along;
    assert_eq!(scene.flow, Flow::Right);
    assert!(across(0) < across(1) && across(3) < across(2));
    // The chain x, xW, xW + b, ReLU is straight.
    for (node, next) in [(0, 3), (3, 4), (4, 5)] {
        assert!((across(node) - across(next)).abs() < 1e-6, "{node}");
        assert!(along(node) < along(next), "{node}");
    }
}

#[test]
fn long_graphs_flow_down() {
    for (diagram, flow, widest) in [(layer(), Flow::Right, 640.0), (network(), Flow::Down, 360.0)] {
        for backward in [Backward::Hidden, Backward::Shown] {
            let scene = scene(&Diagram { backward, ..diagram.clone() });
            assert_eq!(scene.flow, flow, "{}", diagram.title);
            assert!(scene.size.0 <= widest, "{} {:?}", diagram.title, scene.size);
        }
    }
}

#[test]
fn words_cannot_break_out() {
    let evil = "</text><script>\"&'";
    let mut diagram = layer();
    evil.clone_into(&mut diagram.title);
    evil.clone_into(&mut diagram.description);
    diagram.nodes[0].label = Formula { tex: "\\unknown".to_owned(), plain: evil.to_owned() };
    diagram.nodes[1].label = Formula { tex: "a < b".to_owned(), plain: String::new() };
    diagram.nodes[2].label = Formula { tex: evil.to_owned(), plain: String::new() };
    let svg = draw(&diagram, "a\"b<c", Theme::Adaptive);
    assert!(!svg.contains("<script"), "{svg}");
    assert_eq!(svg.matches("&lt;/text&gt;&lt;script&gt;&quot;&amp;'").count(), 4, "{svg}");
    assert!(
        svg.contains("id=\"a-b-c-title\"") && svg.contains("</tspan>\u{a0}&lt;\u{a0}<tspan"),
        "{svg}"
    );
}

#[test]
fn every_id_begins_with_the_given_one_and_is_unique() {
    let svg = draw(&layer(), "graph-1", Theme::Adaptive);
    let mut ids: Vec<&str> =
        svg.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(ids.iter().all(|id| id.starts_with("graph-1-")), "{ids:?}");
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), count), (2, 2));
}

#[test]
fn arrows_that_lead_nowhere_are_left_out() {
    let mut diagram = layer();
    let wires = scene(&diagram).wires.len();
    for (from, to) in [(3, 3), (4, 1), (0, 6), (9, 9)] {
        let edge = diagram.edges[0].clone();
        diagram.edges.push(super::Edge { from, to, ..edge });
    }
    assert_eq!(scene(&diagram).wires.len(), wires);
    diagram.nodes.clear();
    assert!(draw(&diagram, "g", Theme::Print).contains("viewBox=\"0 0 12 12\""));
}
