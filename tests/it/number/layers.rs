//! Two layers under SGD, whose fractions treble in length with each iteration: exact as long
//! as that can be printed, right to the last digit and sign afterwards.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::rows;
use crate::witness::{at, traced};

const LAYERS: &str = include_str!("../../fixtures/number/layers.tsv");

/// The net of the fixture's generator, for 60 iterations.
fn trace() -> Json {
    let mut text = String::from(
        "title: Two layers
setups:
  net:
    model: |
      z = w*x + b
      h = relu(z)
      y_hat = v*h + c
      loss = 1/2 * (y_hat - y)^2
    init: {w: 0.5, b: 0.3, v: -0.3, c: 0.2}
    data: [{x: 0.7, y: 1.1}, {x: -0.4, y: 0.3}, {x: -0.9, y: 0.6}]
    optimizers:
      sgd: {kind: sgd, learning_rate: 0.1}
",
    );
    let batches: Vec<String> = (0..60).map(|t| format!("[{}]", t % 3 + 1)).collect();
    writeln!(text, "    batches: [{}]", batches.join(", ")).unwrap();
    traced("layers", &text)
}

#[test]
fn long_fractions_give_way_to_certified_decimals() {
    let trace = trace();
    for row in rows(LAYERS) {
        let [t, name, sign, decimal, fraction] = row.as_slice() else { panic!("{row:?}") };
        let found = at(&trace, &format!("net.sgd.t{t}.{name}")).unwrap();
        assert_eq!(found["decimal"], **decimal, "{t} {name}");
        match *fraction {
            "*" => {}
            "-" => assert_eq!(found["exact"], Json::Null, "{t} {name}"),
            _ => assert_eq!(found["exact"], **fraction, "{t} {name}"),
        }
        if *name == "z" {
            let records = trace["setups"]["net"]["runs"]["sgd"]["iterations"].as_array().unwrap();
            let branch = &records[t.parse::<usize>().unwrap()]["examples"][0]["branches"][0];
            let expected = match *sign {
                "-" => -1,
                "+" => 1,
                _ => 0,
            };
            assert_eq!(branch["sign"], expected, "{t}");
        }
    }
}
