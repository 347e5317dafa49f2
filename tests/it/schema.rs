//! What the schemas say of scenarios, beside what the reader says of them.
//!
//! That readers take the keys of their tables, each as what the tables say, is asserted by the
//! readers themselves; here it is enough to read scenarios in which every kind of mapping occurs.

use jsonschema::Validator;
use serde_json::{Value, json};

use gradsheet::catalogue::{
    CLIPS_EXPLAINED, DECAYS_EXPLAINED, Mistake, SCHEDULES_EXPLAINED, optimizers,
};
use gradsheet::initialization::data::GENERATORS;
use gradsheet::initialization::kinds::{KINDS, Kind};
use gradsheet::{scenario, site};

use super::{handout, shipped, witness};

fn schema() -> Value {
    serde_json::from_str(&scenario::schema()).unwrap()
}

fn validator(schema: &Value) -> Validator {
    jsonschema::draft202012::new(schema).unwrap()
}

/// A document as an editor sees it; `None` where it is no YAML.
fn value(text: &str) -> Option<Value> {
    let yaml: serde_yaml::Value = serde_yaml::from_str(text).ok()?;
    serde_json::to_value(yaml).ok()
}

/// The documents of a folder of fixtures.
fn documents(folder: &str) -> Vec<(String, String)> {
    let mut list = Vec::new();
    let entries = std::fs::read_dir(witness::fixtures(folder)).unwrap();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.extension().is_some_and(|ending| ending == "yaml") {
            let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let parts = text.split("\n---\n").enumerate();
            list.extend(parts.map(|(index, part)| (format!("{name} {index}"), part.to_owned())));
        }
    }
    list.sort();
    list
}

/// Scenarios in which nothing is wrong.
fn right() -> Vec<(String, String)> {
    let new = std::fs::read_to_string(shipped::folder("templates/new/neuron.yaml")).unwrap();
    let mut list = vec![
        ("new".to_owned(), new),
        ("everything".to_owned(), handout::EVERYTHING.to_owned()),
        ("catalogue".to_owned(), catalogue()),
        ("seldom".to_owned(), SELDOM.to_owned()),
    ];
    list.extend(shipped::scenarios());
    list.extend(documents("reference"));
    list
}

/// A scenario with every kind of the catalogue.
fn catalogue() -> String {
    let model = "    model: |\n      z = x @ W\n      loss = half_squared_error(z, y)\n    \
                 shapes: {x: [1, 2], W: [2, 1], y: [1, 1]}\n";
    let mut text = "title: T\nsetups:\n".to_owned();
    let mut setup = |name: String, init: &str, data: &str, rest: &str| {
        text.push_str(&format!("  {name}:\n{model}    init: {{W: {init}}}\n"));
        text.push_str(&format!("    data: {data}\n    iterations: 2\n{rest}"));
    };
    let data = "[{x: [1, 2], y: [[1]]}]";
    for (index, generator) in GENERATORS.iter().enumerate() {
        let data = generator.example.strip_prefix("data: ").unwrap();
        setup(format!("g_{index}"), "1", data, "");
    }
    for Kind { name, options, .. } in KINDS {
        let required = options.iter().filter(|option| option.default.is_none());
        let required: String = required.map(|option| format!(", {}: 0.5", option.name)).collect();
        setup(format!("i_{name}"), &format!("{{kind: {name}{required}}}"), data, "");
    }
    let mut runs = String::new();
    for optimizer in optimizers() {
        let kind = optimizer.kind;
        let rule = match kind {
            "custom" => ", rule: 'theta = theta - learning_rate*g'",
            _ => "",
        };
        runs.push_str(&format!("      {kind}: {{kind: {kind}, learning_rate: 0.1{rule}}}\n"));
        runs.push_str(&format!(
            "      {kind}_2: {{kind: {kind}, learning_rate: 0.1{rule}, overrides: {{W: {{}}}}}}\n"
        ));
    }
    let around = SCHEDULES_EXPLAINED.iter().chain(&CLIPS_EXPLAINED).chain(&DECAYS_EXPLAINED);
    for (index, one) in around.enumerate() {
        let kind = if one.kind == "inside" { "lamb" } else { "sgd" };
        let example = one.example;
        runs.push_str(&format!(
            "      a_{index}: {{kind: {kind}, learning_rate: 0.1, {example}}}\n"
        ));
    }
    setup("s".to_owned(), "[[1], [2]]", data, &format!("    optimizers:\n{runs}"));
    let others: String = optimizers()
        .iter()
        .filter(|one| !["custom", "sgd"].contains(&one.kind))
        .map(|one| format!("      - custom: {{optimizer: {{kind: {}}}}}\n", one.kind))
        .collect();
    text + &format!(
        "cells:\n  - question: Q\n    answers: [s.sgd.t1.W.r1.c1]\n    mistakes:\n{others}      \
         - custom: {{optimizer: {{kind: custom, rule: 'theta = theta - g'}}}}\n  - question: Q\n    \
         answers: [s.adam.t1.W.r1.c1]\n    mistakes:\n      - custom: {{optimizer: {{kind: sgd}}}}\n"
    )
}

/// What the other scenarios don't have.
const SELDOM: &str = r#"
title: Seldom
minutes: 20
assumes: [limits]
variables:
  alpha: {choose: [0.1, 0.2], weights: [3, 1], default: 0.2}
  n: {integers: [1, 5], default: 2}
  w0: {decimals: [0.5, 2.0], step: 0.1, default: 1}
  half: {expression: "alpha/2"}
fair: {within: {digits: 1, dead: 0}}
paper: {size: letter, columns: 2, font_size: 10, exam: true}
setups:
  s:
    model: |
      z = w*x
      h = relu(z)
      loss = 1/2 * (h - y)^2
    init: {w: w0}
    data: [{x: "1/3", y: 0}, {x: n, y: 1}]
    batches: {size: 1, order: shuffled}
    iterations: n
    optimizers:
      sgd: {kind: sgd, learning_rate: alpha, weight_decay: half, display: {decimals: 3}}
    experiments:
      e: {vary: {w: [normal, 1]}, measure: [activation_std, activation_mean.z, gradient_std]}
  given:
    gradients: [{w: 1}, {w: "sqrt(2)"}]
    init: {w: 1}
    initial_state: {u: {w: 1}}
    start_iteration: 3
    optimizers: {m: {kind: momentum, learning_rate: [0.1, 0.2]}}
  file:
    model: loss = (w*x - y)^2
    init: {w: 1}
    data: {kind: csv, path: points.csv}
  free:
    model: z = x @ W
    shapes: {x: [1, n], W: [n, n]}
    dimensions: {n: 2}
    adjoint: {kind: normal, std: 2}
cells:
  - page: Formulas
  - callout: tip
    text: T
  - rules: [s.sgd]
  - given: {show: [forward], at: s.sgd.t1}
  - given: [state]
    at: s.sgd.t1
    explore: {learning_rate: [0.1, 0.2]}
  - plot: loss
    of: [s.sgd]
  - plot: sweep
    of: s.e
    measure: activation_std
  - plot: histogram
    of: s.e
    node: z
  - plot: signal
    of: s.e
    show: gradients
  - plot: activation
    of: [relu, "z*sigmoid(z)"]
  - table: iterations
    of: [s.sgd]
  - derivation: gradients
    of: s
    at: sgd.t1
  - graph: s
    backward: true
  - experiment: s.e
  - code: numpy
    of: [s]
  - question: Q
    setup: s
    parts:
      - page: Again
      - callout: note
        text: T
      - rules: [sgd]
      - given: {show: [forward], at: sgd.t1}
      - given: [state]
        at: sgd.t1
      - markdown: M
      - plot: loss
        of: [sgd]
      - plot: sweep
        of: s.e
      - plot: histogram
        of: s.e
      - plot: signal
        of: s.e
      - plot: activation
        of: [tanh]
      - table: iterations
        of: [sgd]
      - derivation: nodes
        of: s
      - graph: s
      - experiment: s.e
      - code: pytorch
      - narration: sgd
      - ask: A
        answers: [sgd.t1.w: 2]
        marks: 2
        space: 5cm
        mistakes: [sign_slip, {kind: sign_slip, from: 1}, {custom: {model: "loss = w*x*y"}}]
"#;

#[test]
fn the_schemas_are_schemas() {
    for text in [scenario::schema(), site::schema()] {
        let schema: Value = serde_json::from_str(&text).unwrap();
        jsonschema::draft202012::meta::validate(&schema).unwrap();
    }
}

#[test]
fn what_the_reader_accepts_the_schema_accepts() {
    let validator = validator(&schema());
    let random = documents("random");
    assert!(random.len() > 300, "the fixtures are gone");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("points.csv"), "x,y\n1,2\n").unwrap();
    for (name, text) in right() {
        if let Err(problems) = scenario::read(&folder.path().join(&name), &text) {
            panic!("{problems}");
        }
        accepts(&validator, &name, &text);
    }
    random.iter().for_each(|(name, text)| accepts(&validator, name, text));
}

fn accepts(validator: &Validator, name: &str, text: &str) {
    let value = value(text).unwrap_or_else(|| panic!("{name} is no YAML"));
    let wrong = validator.iter_errors(&value);
    let wrong: Vec<String> =
        wrong.map(|error| format!("{name}: {}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every kind of every mapping occurs in some scenario: without the kind, the schema refuses it.
#[test]
fn every_kind_of_mapping_is_read_somewhere() {
    let schema = schema();
    let right: Vec<Value> = right().iter().map(|(_, text)| value(text).unwrap()).collect();
    let mut unmet = Vec::new();
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        let kinds = definition["anyOf"].as_array().map_or(0, Vec::len);
        // What has no kinds is met where some scenario has it at all.
        let places: Vec<String> = match kinds {
            0 => vec![format!("/$defs/{name}")],
            _ => (0..kinds).map(|kind| format!("/$defs/{name}/anyOf/{kind}")).collect(),
        };
        for place in places {
            let mut other = schema.clone();
            let title = other.pointer(&place).unwrap()["title"].clone();
            *other.pointer_mut(&place).unwrap() = json!(false);
            let validator = validator(&other);
            if right.iter().all(|value| validator.is_valid(value)) {
                unmet.push(format!("{name} {title}"));
            }
        }
    }
    assert!(unmet.is_empty(), "no scenario has: {}", unmet.join(", "));
}

#[test]
fn every_key_has_a_description() {
    for text in [scenario::schema(), site::schema()] {
        let count = described(&serde_json::from_str(&text).unwrap(), "");
        assert!(count > 10, "only {count} keys");
    }
}

/// Counts the keys below a schema, each of which must be described.
fn described(schema: &Value, place: &str) -> usize {
    let inner = match schema {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(list) => {
            list.iter().enumerate().map(|(index, value)| (index.to_string(), value)).collect()
        }
        _ => Vec::new(),
    };
    let mut count = 0;
    if let (Some(Value::Object(keys)), true) =
        (schema.get("properties"), schema["type"] == "object")
    {
        for (key, value) in keys {
            let text = value["description"].as_str().unwrap_or_default().trim();
            assert!(!text.is_empty(), "{place}: `{key}` has no description");
            assert!(!text.starts_with("Default:"), "{place}: `{key}` has no description");
            count += 1;
        }
    }
    inner.into_iter().map(|(key, value)| described(value, &format!("{place}/{key}"))).sum::<usize>()
        + count
}

#[test]
fn mistakes_are_offered_by_name() {
    let schema = schema();
    let words = schema.pointer("/$defs/mistake/anyOf/1/properties/kind/enum").unwrap();
    assert_eq!(words, &json!(Mistake::ALL.map(|(word, _)| word)));
}

/// Each broken scenario is refused by the schema too, or stands in [`BEYOND`].
#[test]
fn broken_scenarios_are_refused_where_a_schema_can() {
    let validator = validator(&schema());
    let mut names: Vec<String> = documents("invalid").into_iter().map(|(name, _)| name).collect();
    // A fixture of two documents is one fixture.
    names.retain(|name| name.ends_with(" 0"));
    names.iter_mut().for_each(|name| *name = name.trim_end_matches(" 0").to_owned());
    assert!(names.len() >= 300, "the fixtures are gone");
    let beyond: Vec<&str> = BEYOND.split_whitespace().collect();
    let mut wrong = Vec::new();
    for name in &names {
        let path = witness::fixtures("invalid").join(format!("{name}.yaml"));
        let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
        // What is no YAML an editor marks without a schema.
        let caught = value(&text).is_none_or(|value| !validator.is_valid(&value));
        match (caught, beyond.contains(&name.as_str())) {
            (false, false) => wrong.push(format!("{name} passes")),
            (true, true) => wrong.push(format!("{name} is caught after all")),
            _ => {}
        }
    }
    let gone = beyond.iter().filter(|name| !names.iter().any(|known| known == *name));
    wrong.extend(gone.map(|name| format!("{name} is gone")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The fixtures that a schema accepts: they break a rule on names, paths, shapes, formulas, values
/// of expressions, texts, or on one value beside another.
const BEYOND: &str = "
    adjoint_with_a_loss answer_is_a_number answer_is_an_experiment answer_marks_exceed_the_part
    answer_marks_without_the_part answer_with_marks_is_misspelt batch_is_larger_than_data
    batch_names_no_example batch_without_data batches_are_too_few batches_drawn_without_data
    batches_without_end cell_kind_is_not_first cell_of_no_experiment code_of_no_run
    code_of_setup_without_runs code_of_several_setups csv_breaks_a_shape
    csv_column_has_a_bad_name csv_column_is_reserved csv_column_stands_twice
    csv_entry_comes_first csv_entry_is_missing csv_field_is_no_number csv_has_no_examples
    csv_is_a_folder csv_is_missing csv_is_not_utf8 csv_lines_are_uneven
    definition_name_has_a_prime definition_name_is_reserved definition_name_looks_like_a_step
    definition_of_parameter definition_stands_twice derivation_of_nothing
    derivation_without_loss equation_not_printed equation_printed_twice example_has_another_name
    example_has_another_shape example_lacks_a_name example_value_is_a_word
    experiment_measure_of_no_definition experiment_measure_of_nothing
    experiment_of_symbolic_shapes experiment_path_goes_on experiment_path_stops
    experiment_value_breaks_a_shape experiment_value_is_wrong experiment_varies_a_filled_value
    experiment_varies_an_unknown_option experiment_varies_no_initializer
    experiment_varies_nothing_known experiment_without_relu explore_breaks_another_place
    explore_derived_variable explore_name_means_two_things explore_option_is_misspelt
    explore_option_of_no_run_shown explore_single_value explore_text_is_wrong
    explore_too_many_frames explore_value_out_of_range family_counts_nothing
    formula_at_kink_is_a_name formula_bracket_closes_nothing formula_bracket_is_not_closed
    formula_constant_is_a_name formula_constant_is_negative formula_ends_too_early
    formula_form_is_unknown formula_function_is_misspelt formula_function_is_unknown
    formula_is_a_loop_without_dots formula_latex_in_the_model formula_line_defines_nothing
    formula_line_defines_twice formula_loss_of_two_shapes formula_name_is_unknown
    formula_number_before_a_name formula_number_beside_name formula_option_is_unknown
    formula_option_without_kink formula_product_without_sign formula_range_is_empty
    formula_range_is_unknown formula_repeated_line formula_repeated_without_range
    formula_softmax_of_column formula_softmax_of_number formula_square_brackets_call
    formula_too_few_arguments formula_too_many_arguments formula_transposes_nothing
    formula_uses_itself formula_uses_name_too_early formula_with_a_logic_word
    formula_with_a_unicode_comparison formula_with_a_word_for_an_operator formula_with_braces
    formula_with_brackets formula_with_comparison formula_with_double_star
    formula_with_indexed_name formula_with_matrix_product formula_with_times_sign
    formula_with_two_numbers formula_with_typographic_minus frozen_are_all
    frozen_is_no_parameter generated_data_too_large_for_runs generator_has_nothing_to_fill
    generator_makes_no_such_names generator_range_is_reversed generator_shapes_do_not_fit
    given_in_the_initial_state given_path_goes_on given_path_stops_at_run gradient_is_missing
    gradients_have_no_loss gradients_name_no_parameter graph_of_nothing
    initial_state_is_misspelt initial_state_is_of_no_optimizer initial_state_of_no_parameter
    initializer_by_name_is_unknown initializer_gain_is_unknown initializer_std_is_negative
    inline_name_is_unknown iterations_are_a_word iterations_missing label_filled_in
    label_given_twice label_in_remark label_of_no_equation label_on_numbering_environment
    label_on_several_rules label_with_a_value language_is_unknown
    latex_behind_an_escape_is_wrong latex_brace_is_not_closed latex_command_lacks_its_argument
    latex_environment_is_unknown latex_formula_is_not_closed latex_in_callout_is_wrong
    latex_in_folded_text_is_wrong latex_in_notation_is_not_closed latex_in_notation_is_wrong
    latex_in_prose_is_wrong latex_in_question_is_wrong latex_in_solution_is_wrong
    latex_script_stands_twice learning_rate_is_irrational learning_rates_are_too_few
    limit_of_brackets limit_of_depth limit_of_derivative_length limit_of_formula_length
    limit_of_inline_depth limit_of_inline_length limit_of_number_length limit_of_places
    limit_of_text_size limit_of_turns link_to_sheet_without_text loss_missing
    mistake_cannot_be_made mistake_custom_model_is_wrong mistake_model_of_given_gradients
    mistake_of_a_sum mistake_of_an_epsilon_of_zero mistake_of_given_gradients
    mistake_remark_names_nothing mistake_without_a_step mistake_without_activation
    mistake_without_answers name_in_init_and_data number_divides_by_zero number_in_hexadecimal
    number_is_a_word number_is_log_of_negative number_is_nearly_a_variable number_is_too_large
    number_is_undecided number_uses_unknown_name number_with_decimal_comma
    number_with_huge_exponent number_with_leading_zero options_amsgrad_with_hat
    options_amsgrad_without_correction options_dampening_without_heavy_ball
    options_nesterov_with_dampening options_steps_reversed override_of_listed_rates
    override_of_no_decay override_of_no_parameter paper_logo_is_missing
    paper_logo_is_of_another_kind parameter_too_large_for_runs parameters_missing
    path_before_the_start path_entry_lacks_its_column path_entry_of_loss path_entry_of_number
    path_entry_of_option path_entry_outside path_goes_on path_in_batch_of_two
    path_into_initial_state path_names_a_setup path_of_given path_of_plot path_of_question_setup
    path_stops_at_data path_stops_at_example path_stops_at_gradient path_stops_at_iteration
    path_stops_at_run path_to_gradient_of_frozen path_to_no_datum path_to_no_datum_name
    path_to_no_definition path_to_no_example path_to_no_example_of_two path_to_no_iteration
    path_to_no_name path_to_no_option path_to_no_parameter path_to_no_run path_to_no_setup
    path_to_no_state path_to_option_that_is_a_word path_without_setup
    plot_activation_of_matrices plot_activation_of_two_variables plot_activation_unknown
    plot_histogram_of_no_definition plot_of_no_experiment plot_of_no_measure
    plot_signal_of_no_layers plot_signal_without_measure plot_trajectory_of_one_parameter
    reference_hidden_on_handout reference_misspelt reference_without_labels release_not_a_day
    require_bracket_closes_nothing require_compares_nothing require_function_is_unknown
    require_names_unknown_things require_of_a_matrix require_without_setup
    rule_assigns_to_the_gradient rule_changes_a_shape rule_goes_on_after_theta
    rule_is_no_formula rule_line_defines_nothing rule_name_is_misspelt rule_option_stands_twice
    rule_state_has_a_meaning rule_uses_unknown_name rule_without_theta rules_of_no_run
    run_of_a_shape_without_value run_path_goes_on run_path_names_a_setup
    schedule_beside_listed_rates schedule_cycle_divides_by_zero schedule_cycle_without_a_rise
    schedule_milestones_descend schedule_rates_are_too_few schedule_warms_up_to_a_chain
    schedule_warms_up_twice seed_is_a_word shape_dimension_without_value shape_loss_is_matrix
    shape_product_misfit shape_rows_uneven shape_size_is_unknown shape_sum_misfit
    shape_too_large shape_value_misfit shape_without_value tag_in_a_line tag_misplaced
    tag_without_braces template_argument_is_missing template_argument_is_misspelt
    template_argument_is_negative template_block_is_not_closed template_block_is_unknown
    template_comment_is_not_closed template_filter_is_misspelt template_is_not_closed
    template_name_is_misspelt template_operator_is_missing template_path_ends_too_late
    template_path_is_no_value template_prints_a_matrix template_variable_is_unknown
    text_with_nabla_in_double_quotes
    text_with_tab trajectory_of_matrices trajectory_of_two_setups
    variable_derived_from_later_ones variable_derived_is_too_large variable_derived_is_undecided
    variable_derived_is_undefined variable_is_a_run_too weight_decay_inside_is_of_lamb
    weight_decay_on_belongs_to_decoupled yaml_carriage_return yaml_is_not_utf8
";
