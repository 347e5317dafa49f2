//! The table of initializer kinds: option names, defaults and sources.
//!
//! The first default is PyTorch's where `torch.nn.init` has the kind, else the paper's; a
//! convention that differs stands beside it.

/// What an option holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionType {
    /// A number.
    Number,
    /// A number or the name of an activation.
    Gain,
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// One option of a kind.
#[derive(Clone, Copy, Debug)]
pub struct OptionEntry {
    /// The name in a scenario.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What it holds.
    pub holds: OptionType,
    /// The default as it would be written; `None` where it must be given.
    pub default: Option<&'static str>,
    /// Defaults of other conventions: name of the convention and value.
    pub conventions: &'static [(&'static str, &'static str)],
}

/// One kind of initializer.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// The name in a scenario.
    pub name: &'static str,
    /// Its options in the order of its formula.
    pub options: &'static [OptionEntry],
    /// Where it comes from.
    pub source: &'static str,
}

const fn entry(
    name: &'static str,
    meaning: &'static str,
    holds: OptionType,
    default: Option<&'static str>,
    conventions: &'static [(&'static str, &'static str)],
) -> OptionEntry {
    OptionEntry { name, meaning, holds, default, conventions }
}

const GAIN: OptionEntry = entry(
    "gain",
    "a factor of the weights, as a number or by the activation",
    OptionType::Gain,
    Some("1"),
    &[],
);
const RELU_GAIN: OptionEntry = entry(
    "gain",
    "a factor of the weights, as a number or by the activation",
    OptionType::Gain,
    Some("relu"),
    &[],
);
const FAN: OptionEntry = entry(
    "fan",
    "whose number divides the variance: the inputs, the outputs, or their mean",
    OptionType::Choice(&["in", "out", "average"]),
    Some("in"),
    &[],
);
const TAILS: OptionEntry = entry(
    "tails",
    "full, or cut at two standard deviations and widened to the same variance",
    OptionType::Choice(&["full", "truncated"]),
    Some("full"),
    KERAS_TAILS,
);
const KERAS_TAILS: &[(&str, &str)] = &[("keras", "truncated")];
const CORRECTION: OptionEntry = entry(
    "correction",
    "variance: widened so that the standard deviation holds in spite of the cut",
    OptionType::Choice(&["none", "variance"]),
    Some("none"),
    &[],
);
const MEAN: OptionEntry = entry("mean", "the mean", OptionType::Number, Some("0"), &[]);
const STD: OptionEntry =
    entry("std", "the standard deviation", OptionType::Number, Some("1"), &[("keras", "0.05")]);
const SPARSE_STD: OptionEntry =
    entry("std", "the standard deviation", OptionType::Number, Some("0.01"), &[]);
const VALUE: OptionEntry =
    entry("value", "the value of every entry", OptionType::Number, None, &[]);
const FRACTION: OptionEntry =
    entry("fraction", "the share of zeros in each column", OptionType::Number, None, &[]);
const LOW: OptionEntry =
    entry("low", "the lower end", OptionType::Number, Some("0"), &[("keras", "-0.05")]);
const HIGH: OptionEntry =
    entry("high", "the upper end", OptionType::Number, Some("1"), &[("keras", "0.05")]);
const CUT_LOW: OptionEntry = entry(
    "low",
    "the lower cut, in standard deviations from the mean",
    OptionType::Number,
    Some("-2"),
    &[],
);
const CUT_HIGH: OptionEntry = entry(
    "high",
    "the upper cut, in standard deviations from the mean",
    OptionType::Number,
    Some("2"),
    &[],
);

const fn kind(name: &'static str, options: &'static [OptionEntry], source: &'static str) -> Kind {
    Kind { name, options, source }
}

const LECUN: &str = "LeCun, Bottou, Orr and Müller (1998), Efficient BackProp";
const GLOROT: &str = "Glorot and Bengio (2010)";
const HE: &str = "He, Zhang, Ren and Sun (2015)";

/// Every kind, in the order in which a reference lists them.
pub const KINDS: &[Kind] = &[
    kind("zeros", &[], "torch.nn.init.zeros_"),
    kind("ones", &[], "torch.nn.init.ones_"),
    kind("constant", &[VALUE], "torch.nn.init.constant_"),
    kind("normal", &[MEAN, STD], "torch.nn.init.normal_"),
    kind("uniform", &[LOW, HIGH], "torch.nn.init.uniform_"),
    kind(
        "truncated_normal",
        &[MEAN, STD, CUT_LOW, CUT_HIGH, CORRECTION],
        "keras.initializers.TruncatedNormal; with correction: variance, VarianceScaling",
    ),
    kind("lecun_normal", &[TAILS], LECUN),
    kind("lecun_uniform", &[], LECUN),
    kind("xavier_normal", &[GAIN, TAILS], GLOROT),
    kind("xavier_uniform", &[GAIN], GLOROT),
    kind("kaiming_normal", &[FAN, RELU_GAIN, TAILS], HE),
    kind("kaiming_uniform", &[FAN, RELU_GAIN], HE),
    kind("orthogonal", &[GAIN], "Saxe, McClelland and Ganguli (2014)"),
    kind("sparse", &[FRACTION, SPARSE_STD], "Martens (2010)"),
    kind("identity", &[GAIN], "torch.nn.init.eye_"),
];
