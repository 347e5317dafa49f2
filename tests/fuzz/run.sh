#!/usr/bin/env bash
# Runs the fuzzers: tests/fuzz/run.sh SECONDS [TARGET...]
#
#   tests/fuzz/run.sh 60                     each target for a minute
#   tests/fuzz/run.sh 3600 page              one of them for an hour
#   FUZZ_PDF=no tests/fuzz/run.sh 60         without `paper`, whose build with Typst takes long
#
# Needs `cargo install cargo-fuzz`, a C++ compiler and Python; the compiler that the project is built
# with will do, since nothing is looked for that safe Rust excludes: panics, overflows, exhausted
# stacks, more than 2 GiB of memory, more than TIMEOUT (20) seconds for one input. Without cargo-fuzz the
# script says so and ends well.
#
# Seeds are made anew from the scenarios and fixtures. What a fuzzer finds new stays in
# $FUZZ_HOME/corpus and is where the next run begins; an input that breaks something stays in
# $FUZZ_HOME/findings, and the script ends with status 1. FUZZ_HOME is `target/fuzz` if it isn't set.
# One finding is run alone, and made smaller, by
#
#   $FUZZ_HOME/x86_64-unknown-linux-gnu/release/page FILE
#   $FUZZ_HOME/x86_64-unknown-linux-gnu/release/page -minimize_crash=1 -max_total_time=60 FILE
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ $# -lt 1 ]; then
  sed -n '2,6s/^# \{0,1\}//p' tests/fuzz/run.sh >&2
  exit 2
fi
seconds=$1
shift
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then
  targets=(scenario expression page)
  [ "${FUZZ_PDF:-yes}" = no ] || targets+=(paper)
fi

missing() {
  echo "not fuzzed: $1 is missing"
  exit 0
}
cargo fuzz --version >/dev/null 2>&1 || missing 'cargo-fuzz (`cargo install cargo-fuzz`)'
command -v c++ >/dev/null || missing 'a C++ compiler'
command -v python3 >/dev/null || missing 'Python'

home=${FUZZ_HOME:-$PWD/target/fuzz}
mkdir -p "$home/findings"
host=$(rustc -vV | sed -n 's/^host: //p')
seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
tests/fuzz/seeds.py "$seeds"

# The longest input of a target, in bytes: as long as its longest seeds.
longest() {
  case $1 in
    scenario) echo 8000 ;;
    expression) echo 2000 ;;
    page) echo 6000 ;;
    *) echo 1500 ;;
  esac
}

failed=()
for target in "${targets[@]}"; do
  features=()
  [ "$target" != paper ] || features=(--features pdf)
  # Many units: the fuzzers are built more often than they run for long.
  cargo fuzz build --fuzz-dir tests/fuzz --sanitizer none --codegen-units 16 \
    --target-dir "$home" ${features[@]+"${features[@]}"} "$target"
  corpus=$home/corpus/$target
  mkdir -p "$corpus"
  echo "=== $target for $seconds s"
  if ! "$home/$host/release/$target" "$corpus" "$seeds/$target" \
    -dict="$seeds/$target.dict" -artifact_prefix="$home/findings/$target-" \
    -max_total_time="$seconds" -max_len="$(longest "$target")" \
    -rss_limit_mb=2048 -timeout="${TIMEOUT:-20}" -print_final_stats=1 2>"$home/$target.log"; then
    failed+=("$target")
    tail -n 60 "$home/$target.log"
  fi
  grep -E '^(#[0-9]+ *DONE|stat::)' "$home/$target.log" || true
done

if [ ${#failed[@]} -gt 0 ]; then
  echo "findings of ${failed[*]} in $home/findings; all that was said in $home/TARGET.log"
  exit 1
fi
