//! Laws that hold for all numbers.

use std::cmp::Ordering;

use gradsheet::number::{Fault, Integer, Precision, Rational, Real, Rounding, Undefined, round};
use proptest::prelude::*;

/// Small fractions.
fn fraction() -> impl Strategy<Value = Rational> {
    (-40_i64..40, 1_u64..12).prop_map(|(n, d)| Rational::from_parts(n.into(), d.into()))
}

/// Sums of roots, nested roots and exponentials.
fn real() -> impl Strategy<Value = Real> {
    let leaf = prop_oneof![
        fraction().prop_map(Real::from),
        (2_i64..50).prop_map(|n| Real::from(n).sqrt().unwrap_or_default()),
        (-3_i64..4).prop_map(|n| Real::from(n).exp().unwrap_or_default()),
    ];
    leaf.prop_recursive(3, 10, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a + b),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a * b),
            inner.prop_map(|a| (&a * &a + Real::one()).sqrt().unwrap_or_default()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn fractions_form_a_field(a in fraction(), b in fraction()) {
        let (x, y) = (Real::from(a.clone()), Real::from(b.clone()));
        prop_assert_eq!(&x + &y, Real::from(&a + &b));
        prop_assert_eq!(&x - &y, Real::from(&a - &b));
        prop_assert_eq!(&x * &y, Real::from(&a * &b));
        match x.checked_div(&y) {
            Ok(quotient) => prop_assert_eq!(quotient, Real::from(&a / &b)),
            Err(_) => prop_assert!(b.is_zero()),
        }
        prop_assert_eq!(x.compare(&y), Ok(a.cmp(&b)));
    }

    #[test]
    fn the_laws_of_rings_hold(a in real(), b in real(), c in real()) {
        for (left, right) in [
            (&a + &b, &b + &a),
            (&a * &b, &b * &a),
            ((&a + &b) + &c, &a + (&b + &c)),
            ((&a * &b) * &c, &a * (&b * &c)),
            ((&a + &b) * &c, &a * &c + &b * &c),
        ] {
            prop_assert_eq!(left.compare(&right), Ok(Ordering::Equal));
        }
    }

    #[test]
    fn quotients_undo_products(a in real(), b in real()) {
        match (&a * &b).checked_div(&b) {
            Ok(quotient) => prop_assert_eq!(quotient.compare(&a), Ok(Ordering::Equal)),
            Err(fault) => prop_assert_eq!(fault, Fault::Undefined(Undefined::ZeroOverZero)),
        }
    }

    #[test]
    fn finer_balls_lie_within_coarser_ones(a in real(), bits in 16_u32..200) {
        let copy = Real::from(1) * &a;
        let (coarse, fine) = (copy.ball(bits).unwrap(), a.ball(bits + 300).unwrap());
        prop_assert!(coarse.lower() <= fine.upper() && fine.lower() <= coarse.upper());
        prop_assert!(fine.radius() <= coarse.radius());
    }

    #[test]
    fn rounding_is_off_by_half_a_unit_at_most(a in real(), places in 0_u32..30) {
        let decimal = round(&a, Precision::Decimals(places), Rounding::HalfEven).unwrap();
        let unit = Rational::from_parts(1.into(), Integer::from(10).pow(places as usize).try_into().unwrap());
        let gap = (&a - Real::from(decimal.value)).abs().unwrap();
        let half = Real::from(unit / Integer::from(2));
        prop_assert!(gap.compare(&half).unwrap().is_le());
    }
}
