#!/usr/bin/env bash
# Builds a book with sheets in it by mdBook itself: tests/mdbook/run.sh [GRADSHEET]
#
# mdBook is looked for in $MDBOOK and on the path. Where it is missing, nothing is tested and the
# script says so; with --install it is built first, which takes minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."

install=no
if [ "${1:-}" = --install ]; then
  install=yes
  shift
fi
gradsheet=$(realpath "${1:-target/debug/gradsheet}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

mdbook=${MDBOOK:-$(command -v mdbook || true)}
if [ -z "$mdbook" ] && [ "$install" = yes ]; then
  cargo install mdbook --version 0.5.4 --locked --root target/mdbook
  mdbook=$PWD/target/mdbook/bin/mdbook
fi
if [ -z "$mdbook" ] && [ -x target/mdbook/bin/mdbook ]; then
  mdbook=$PWD/target/mdbook/bin/mdbook
fi
if [ -z "$mdbook" ]; then
  echo "mdBook is not installed; nothing was tested (tests/mdbook/run.sh --install builds it)"
  exit 0
fi
"$mdbook" --version

mkdir -p "$scratch/src/sheets"
cp scenarios/one-neuron.yaml scenarios/learning-rates.yaml scenarios/optimization-initialization.yaml "$scratch/src/sheets/"
cat >"$scratch/book.toml" <<TOML
[book]
title = "A course"
[preprocessor.gradsheet]
command = "'$gradsheet' mdbook"
TOML
printf '# Summary\n\n- [One](one.md)\n- [Two](two.md)\n- [Three](three.md)\n' >"$scratch/src/SUMMARY.md"
cat >"$scratch/src/one.md" <<'MARKDOWN'
# One

{{#gradsheet sheets/optimization-initialization.yaml audience=solutions}}

*After* it.
MARKDOWN
cat >"$scratch/src/two.md" <<'MARKDOWN'
# Two
Above.
{{#gradsheet sheets/one-neuron.yaml}}
Below, and `{{#gradsheet none.yaml}}`.
MARKDOWN

cat >"$scratch/src/three.md" <<'MARKDOWN'
{{#gradsheet sheets/learning-rates.yaml}}

{{#gradsheet sheets/learning-rates.yaml audience=solutions}}
MARKDOWN

"$mdbook" build "$scratch"
python3 - "$scratch/book" <<'PYTHON'
import pathlib, re, sys
from collections import Counter
from html.parser import HTMLParser

book = pathlib.Path(sys.argv[1])
def main(name):
    text = (book / name).read_text()
    return text[text.index("<main>"):text.index("</main>")]

class Depth(HTMLParser):
    """Where in the page a text stands: inside of a sheet, or outside."""
    def __init__(self):
        super().__init__()
        self.divs, self.outside = [], ""
    def handle_starttag(self, tag, attributes):
        if tag == "div":
            self.divs.append("gradsheet" in (dict(attributes).get("class") or ""))
    def handle_endtag(self, tag):
        if tag == "div":
            self.divs.pop()
    def handle_data(self, data):
        if not any(self.divs):
            self.outside += data

one, two = main("one.html"), main("two.html")
assert one.count("<math") == one.count("</math>") > 100, one.count("<math")
assert one.count("<svg") == one.count("</svg>") > 3
assert "<p><em>After</em> it.</p>" in one
assert '<h2 id="sheet_1_1_optimization-and-initialization">' in one
assert "<p>Below, and <code>{{#gradsheet none.yaml}}</code>.</p>" in two
for page, text in [(one, "One After it."), (two, "Two Above. Below, and {{#gradsheet none.yaml}}.")]:
    depth = Depth()
    depth.feed(page)
    assert depth.outside.split() == text.split(), depth.outside
    # Markdown that was left over would show as such.
    assert "\\begin" not in page and "<pre><code>&lt;" not in page
# Each button is named by its label, and no group is that of two sheets.
three = main("three.html")
buttons = re.findall(r'<input type="radio" name="([^"]*)" id="([^"]*)"', three)
assert len(buttons) > 4 and all(f'<label for="{button}">' in three for _, button in buttons)
assert {name[:9] for name, _ in buttons} >= {"sheet_3_2"}
for page in ["one.html", "two.html", "three.html", "print.html"]:
    ids = Counter(re.findall(r' id="([^"]*)"', (book / page).read_text()))
    assert max(ids.values()) == 1, [name for name, count in ids.items() if count > 1]
PYTHON

printf '# Two\n\n{{#gradsheet ../book.toml}}\n' >"$scratch/src/two.md"
if "$mdbook" build "$scratch" 2>"$scratch/log"; then
  echo "a book with a wrong path was built"
  exit 1
fi
grep -q "src/two.md:3: .*leads out of the book's source folder" "$scratch/log"
echo "ok"
