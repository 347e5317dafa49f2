//! Schedules of the learning rate: η after `k` updates, k = 0, 1, ….

use dashu_ratio::RBig;

use super::float::Float;
use super::settings::number;
use crate::dual::Number as _;
use crate::dual::Random;

/// Where the rates come from.
#[derive(Clone, Debug)]
pub(crate) enum Rates {
    Constant,
    /// One rate for each iteration.
    Listed(Vec<RBig>),
    Schedule(Schedule),
}

#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    pub(crate) kind: &'static str,
    /// Numbers by name.
    numbers: Vec<(&'static str, &'static str)>,
    milestones: Vec<u64>,
    rates: Vec<&'static str>,
    pub(crate) staircase: bool,
    /// Whose count a cycle follows.
    form: Option<&'static str>,
    /// What follows a warm-up.
    then: Option<Box<Schedule>>,
    /// Schedules that each act on the rate of the one before.
    chain: Vec<Schedule>,
}

/// Kinds and their numbers: name, default, values to draw from. A number without a default
/// is always written.
type Known =
    (&'static str, &'static [(&'static str, Option<&'static str>, &'static [&'static str])]);

pub(crate) const KINDS: &[Known] = &[
    ("constant", &[]),
    ("step", &[("size", None, &["1", "2"]), ("gamma", Some("0.1"), &["0.5", "0.25"])]),
    ("multistep", &[("gamma", Some("0.1"), &["0.5", "2"])]),
    ("piecewise", &[]),
    ("exponential", &[("gamma", None, &["0.5", "0.9", "0"]), ("size", Some("1"), &["2", "3"])]),
    ("inverse_time", &[("rate", None, &["1", "0.5"]), ("size", Some("1"), &["2", "3"])]),
    (
        "cosine",
        &[("period", None, &["2", "3", "4", "7"]), ("minimum", Some("0"), &["0.1", "0.05"])],
    ),
    (
        "linear",
        &[
            ("start", None, &["0.2", "0", "\"1/3\"", "2"]),
            ("end", Some("1"), &["0.5", "0"]),
            ("period", None, &["2", "3", "5"]),
        ],
    ),
    (
        "polynomial",
        &[
            ("period", None, &["2", "3", "4"]),
            ("power", Some("1"), &["2", "0.5", "3"]),
            ("minimum", Some("0"), &["0.1", "0.05"]),
        ],
    ),
    (
        "one_cycle",
        &[
            ("period", None, &["8", "11", "12"]),
            ("pct_start", Some("0.3"), &["0.5", "0.25"]),
            ("div_factor", Some("25"), &["10", "2"]),
            ("final_div_factor", Some("1e4"), &["100"]),
        ],
    ),
    ("warmup", &[("period", None, &["1", "2", "3"]), ("start", Some("0"), &["0.5", "0.1"])]),
];

impl Schedule {
    pub(crate) fn random(random: &mut Random) -> Self {
        let one = |random: &mut Random| {
            let kind = random.below(KINDS.len());
            Self::of(&KINDS[kind], random)
        };
        if random.below(8) > 0 {
            return one(random);
        }
        // `piecewise` lists the rates themselves, so that it comes first.
        let first = one(random);
        let later = (0..1 + random.below(2)).map(|_| one(random));
        let later = later.filter(|schedule| !schedule.kinds().contains(&"piecewise"));
        let chain = std::iter::once(first).chain(later).collect();
        Schedule { chain, ..Self::named("chain") }
    }

    fn named(kind: &'static str) -> Self {
        Schedule {
            kind,
            numbers: Vec::new(),
            milestones: Vec::new(),
            rates: Vec::new(),
            staircase: false,
            form: None,
            then: None,
            chain: Vec::new(),
        }
    }

    fn of((kind, known): &Known, random: &mut Random) -> Self {
        let mut schedule = Self::named(kind);
        schedule.staircase = *kind == "exponential" && random.below(3) == 0;
        if *kind == "one_cycle" {
            schedule.form = random.choose(&[None, Some("pytorch"), Some("optax")]);
        }
        for (name, default, values) in *known {
            if default.is_none() || random.below(2) == 0 {
                schedule.numbers.push((name, random.choose(values)));
            }
        }
        if ["multistep", "piecewise"].contains(kind) {
            schedule.milestones =
                random.choose(&[&[1][..], &[2], &[1, 2], &[2, 3], &[1, 4]]).to_vec();
        }
        if *kind == "piecewise" {
            let rates = ["0.1", "0.5", "0.3", "0", "0.2"];
            schedule.rates =
                (0..=schedule.milestones.len()).map(|_| random.choose(&rates)).collect();
        }
        if *kind == "warmup" && random.below(3) > 0 {
            let then = random.below(KINDS.len() - 1);
            schedule.then = Some(Box::new(Self::of(&KINDS[then], random)));
        }
        schedule
    }

    pub(crate) fn text(&self) -> String {
        if self.kind == "chain" {
            let list: Vec<String> = self.chain.iter().map(Self::text).collect();
            return format!("{{chain: [{}]}}", list.join(", "));
        }
        let mut parts = vec![format!("kind: {}", self.kind)];
        parts.extend(self.numbers.iter().map(|(name, value)| format!("{name}: {value}")));
        if !self.milestones.is_empty() {
            parts.push(format!("milestones: {:?}", self.milestones));
        }
        if !self.rates.is_empty() {
            parts.push(format!("rates: [{}]", self.rates.join(", ")));
        }
        if self.staircase {
            parts.push("staircase: true".to_owned());
        }
        parts.extend(self.form.iter().map(|form| format!("form: {form}")));
        parts.extend(self.then.iter().map(|then| format!("then: {}", then.text())));
        format!("{{{}}}", parts.join(", "))
    }

    /// This kind, and those within it.
    pub(crate) fn kinds(&self) -> Vec<&'static str> {
        let inner = self.then.iter().map(|then| &**then).chain(&self.chain);
        std::iter::once(self.kind).chain(inner.flat_map(Self::kinds)).collect()
    }

    /// Whether there are neither cosines nor roots in it.
    pub(crate) fn is_rational(&self) -> bool {
        let rational = |kind: &&str| {
            [
                "constant",
                "step",
                "multistep",
                "piecewise",
                "inverse_time",
                "linear",
                "warmup",
                "chain",
            ]
            .contains(kind)
        };
        self.kinds().iter().all(rational)
    }

    /// The forms of cycles in it.
    pub(crate) fn forms(&self) -> Vec<&'static str> {
        let inner = self.then.iter().map(|then| &**then).chain(&self.chain);
        let own = (self.kind == "one_cycle").then(|| self.form.unwrap_or("pytorch"));
        own.into_iter().chain(inner.flat_map(Self::forms)).collect()
    }

    fn number(&self, name: &str) -> RBig {
        let known = KINDS.iter().find(|(kind, _)| *kind == self.kind).unwrap().1;
        let default = known.iter().find(|(known, ..)| *known == name).unwrap().1;
        let written = self.numbers.iter().find(|(known, _)| *known == name);
        number(written.map(|(_, value)| *value).or(default).unwrap())
    }

    fn float(&self, name: &str) -> Float {
        Float::from(&self.number(name))
    }

    fn whole(&self, name: &str) -> u64 {
        u64::try_from(self.number(name).numerator().clone()).unwrap()
    }

    pub(crate) fn rate(&self, base: &Float, k: u64) -> Float {
        let whole = |integer: u64| Float::from(i64::try_from(integer).unwrap());
        let passed = || self.milestones.iter().filter(|milestone| **milestone <= k).count();
        // How much of the period is over.
        let part = |period: u64| whole(k.min(period)) / whole(period);
        match self.kind {
            "step" => base * self.float("gamma").power(k / self.whole("size")),
            "multistep" => base * self.float("gamma").power(u64::try_from(passed()).unwrap()),
            "piecewise" => Float::from(&number(self.rates[passed()])),
            "exponential" => {
                let size = self.whole("size");
                let exponent =
                    if self.staircase { whole(k / size) } else { whole(k) / whole(size) };
                base * self.float("gamma").to_power(&exponent)
            }
            "inverse_time" => {
                let over = self.float("rate") * whole(k) / whole(self.whole("size"));
                base / (Float::one() + over)
            }
            "cosine" => {
                let minimum = self.float("minimum");
                let angle = Float::pi() * part(self.whole("period"));
                let half = (Float::one() + angle.smooth("cos")) / whole(2);
                &minimum + (base - &minimum) * half
            }
            "linear" => {
                let (start, end) = (self.float("start"), self.float("end"));
                base * (&start + (&end - &start) * part(self.whole("period")))
            }
            "polynomial" => {
                let minimum = self.float("minimum");
                let rest = Float::one() - part(self.whole("period"));
                &minimum + (base - &minimum) * rest.to_power(&self.float("power"))
            }
            "warmup" => {
                let period = self.whole("period");
                if k < period {
                    let start = self.float("start");
                    return base * (&start + (Float::one() - &start) * part(period));
                }
                let then = self.then.as_ref();
                then.map_or_else(|| base.clone(), |then| then.rate(base, k - period))
            }
            "one_cycle" => self.cycle(base, k),
            "chain" => self.chain.iter().fold(base.clone(), |rate, own| own.rate(&rate, k)),
            _ => base.clone(),
        }
    }

    /// Smith (2018): half a cosine from α/d up to α and another down to α/(d f).
    fn cycle(&self, highest: &Float, k: u64) -> Float {
        let k = Float::from(i64::try_from(k).unwrap());
        let (period, share) = (self.float("period"), self.number("pct_start"));
        let whole = RBig::from((&share * self.number("period")).floor());
        let (peak, end) = match self.form {
            Some("optax") => (Float::from(&whole), period),
            _ => (Float::from(&share) * &period - Float::one(), period - Float::one()),
        };
        let first = highest / self.float("div_factor");
        let last = &first / self.float("final_div_factor");
        let half = |from: &Float, to: &Float, part: Float| {
            let wave = Float::one() - (Float::pi() * part).smooth("cos");
            from + (to - from) * wave / Float::from(2)
        };
        if (&k - &peak).sign() <= 0 {
            half(&first, highest, k / peak)
        } else {
            let part = (k.min(&end) - &peak) / (&end - &peak);
            half(highest, &last, part)
        }
    }
}
