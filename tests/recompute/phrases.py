"""The wordings of pages, by language: what their sentences, headings and counters look like."""

import re

LOSS, GRADIENT, RATE, PARAMETER = "loss", "gradient", "rate", "parameter"

# Sentences of descriptions: the quantity that each speaks of, and its wording.
SENTENCES = {
    "en": [
        (LOSS, "Under {label} the loss of the batch is {values} in iteration {first}."),
        (LOSS, "Under {label} the loss of the batch is {values} in iterations {first} to {last}."),
        (LOSS, "Under {label} the loss of the batch stays at {start} from iteration {first} to {last}."),
        (
            LOSS,
            "Under {label} the loss of the batch goes from {start} in iteration {first} through {middle} "
            "in iteration {half} to {end} in iteration {last}.",
        ),
        (GRADIENT, "Under {label} the norm of the gradient is {values} in iteration {first}."),
        (GRADIENT, "Under {label} the norm of the gradient is {values} in iterations {first} to {last}."),
        (
            GRADIENT,
            "Under {label} the norm of the gradient stays at {start} from iteration {first} to {last}.",
        ),
        (
            GRADIENT,
            "Under {label} the norm of the gradient goes from {start} in iteration {first} through "
            "{middle} in iteration {half} to {end} in iteration {last}.",
        ),
        (GRADIENT, "The norm of the gradient by {name} is {values} in iteration {first}."),
        (GRADIENT, "The norm of the gradient by {name} is {values} in iterations {first} to {last}."),
        (GRADIENT, "The norm of the gradient by {name} stays at {start} from iteration {first} to {last}."),
        (
            GRADIENT,
            "The norm of the gradient by {name} goes from {start} in iteration {first} through {middle} "
            "in iteration {half} to {end} in iteration {last}.",
        ),
        (RATE, "The learning rate of {label} is {values} in iteration {first}."),
        (RATE, "The learning rate of {label} is {values} in iterations {first} to {last}."),
        (RATE, "The learning rate of {label} stays at {start} from iteration {first} to {last}."),
        (
            RATE,
            "The learning rate of {label} goes from {start} in iteration {first} through {middle} in "
            "iteration {half} to {end} in iteration {last}.",
        ),
        (PARAMETER, "{name} is {values} after iteration {first}."),
        (PARAMETER, "{name} is {values} after iterations {first} to {last}."),
        (PARAMETER, "{name} stays at {start} from iteration {first} to {last}."),
        (
            PARAMETER,
            "{name} goes from {start} after iteration {first} through {middle} after iteration {half} "
            "to {end} after iteration {last}.",
        ),
    ],
    "de": [
        (LOSS, "Bei {label} ist der Verlust des Batches {values} in Iteration {first}."),
        (LOSS, "Bei {label} ist der Verlust des Batches {values} in den Iterationen {first} bis {last}."),
        (LOSS, "Bei {label} bleibt der Verlust des Batches von Iteration {first} bis {last} bei {start}."),
        (
            LOSS,
            "Bei {label} geht der Verlust des Batches von {start} in Iteration {first} über {middle} in "
            "Iteration {half} auf {end} in Iteration {last}.",
        ),
        (GRADIENT, "Bei {label} ist die Norm des Gradienten {values} in Iteration {first}."),
        (GRADIENT, "Bei {label} ist die Norm des Gradienten {values} in den Iterationen {first} bis {last}."),
        (
            GRADIENT,
            "Bei {label} bleibt die Norm des Gradienten von Iteration {first} bis {last} bei {start}.",
        ),
        (
            GRADIENT,
            "Bei {label} geht die Norm des Gradienten von {start} in Iteration {first} über {middle} in "
            "Iteration {half} auf {end} in Iteration {last}.",
        ),
        (RATE, "Die Lernrate von {label} ist {values} in Iteration {first}."),
        (RATE, "Die Lernrate von {label} ist {values} in den Iterationen {first} bis {last}."),
        (RATE, "Die Lernrate von {label} bleibt von Iteration {first} bis {last} bei {start}."),
        (
            RATE,
            "Die Lernrate von {label} geht von {start} in Iteration {first} über {middle} in Iteration "
            "{half} auf {end} in Iteration {last}.",
        ),
        (PARAMETER, "{name} ist {values} nach Iteration {first}."),
        (PARAMETER, "{name} ist {values} nach den Iterationen {first} bis {last}."),
        (PARAMETER, "{name} bleibt von Iteration {first} bis {last} bei {start}."),
        (
            PARAMETER,
            "{name} geht von {start} nach Iteration {first} über {middle} nach Iteration {half} auf "
            "{end} nach Iteration {last}.",
        ),
    ],
}
PATHS = {
    "en": [
        "{label} goes from {start} to {end} in one step.",
        "{label} goes from {start} to {end} in {count} steps.",
    ],
    "de": [
        "{label} geht in einem Schritt von {start} nach {end}.",
        "{label} geht in {count} Schritten von {start} nach {end}.",
    ],
}
AXES = {
    "en": "against {x} (across) and {y} (up)",
    "de": "mit {x} auf der waagerechten und {y} auf der senkrechten Achse",
}
CURVES = {
    "en": [
        "{name} goes from {low} at {left} to {high} at {right}, its derivative from {slope_low} to {slope_high}.",
        "{name} goes from {low} at {left} through {middle} at 0 to {high} at {right}, its derivative from "
        "{slope_low} through {slope_middle} to {slope_high}.",
    ],
    "de": [
        "{name} geht von {low} bei {left} über {middle} bei 0 bis {high} bei {right}, die Ableitung von "
        "{slope_low} über {slope_middle} bis {slope_high}."
    ],
}
# Columns of the data of figures.
COLUMNS = {
    "en": {"loss of the batch": LOSS, "norm of the gradient": GRADIENT, "learning rate": RATE},
    "de": {"Verlust des Batches": LOSS, "Norm des Gradienten": GRADIENT, "Lernrate": RATE},
}
WRONG_TURNS = ("Wrong turns", "Mögliche Fehler")
# Sentences that gradsheet puts together: what they say of a name has to hold in a run.
GENERATED = ("The pre-activation", "Die Voraktivierung", "The margin is kept", "Der Rand (margin) ist eingehalten")
NO_MOVE = ("0/0 counts as 0", "0/0 gilt als 0")
EXACTLY = ("is exactly", "ist genau")
MARKS = r"\((\d+(?:[.,]\d+)?) (?:marks?|Punkte?)\)"
MARKS_ELSEWHERE = ("Marks for what has no line", "Punkte für das")
LABELS = {
    "sgd": "SGD",
    "momentum": "SGD with Momentum",
    "adagrad": "AdaGrad",
    "rmsprop": "RMSProp",
    "adadelta": "Adadelta",
    "adam": "Adam",
    "adamw": "AdamW",
    "adamax": "Adamax",
    "nadam": "NAdam",
    "radam": "RAdam",
    "sign_sgd": "SignSGD",
    "signum": "Signum",
    "lion": "Lion",
    "rprop": "Rprop",
    "lars": "LARS",
    "lamb": "LAMB",
    "muon": "Muon",
    "custom": "Update rule of its own",
}
GERMAN_LABELS = {**LABELS, "momentum": "SGD mit Momentum", "custom": "Eigene Update-Regel"}

# What counts or refers, rather than being computed.
COUNTING = [
    r"^\d+\. ",
    r"\b(?:Figure|Table|Abbildung|Tabelle) \d+",
    r"\b(?:figures?|tables?) \d+",
    r"\b(?:equations?|Gleichung(?:en)?) \(?\d+",
    r"\b(?:questions?|Aufgaben?) \d+",
    MARKS,
    r"\b(?:marks?|Punkte): \d+",
    r"^\(S?\d+\)$",
    r"\b[Ii]terations? \d+(?:(?:, \d+)* (?:and|to) \d+)?",
    r"\bIteration(?:en)? \d+(?:(?:, \d+)* (?:und|bis) \d+)?",
    r"\bsteps? \d+(?: (?:and|to) \d+)?",
    r"\bexamples? \d+(?:(?:,| \+) \d+)*(?: and \d+)?",
    r"\bBeispiele? \d+(?:(?:,| \+) \d+)*(?: und \d+)?",
    r"\d+ iterations? follow",
    r"\b\d+ (?:minutes|Minuten)",
    r"(?:from|aus) \d+ (?:trials|Versuchen)",
    r"the \d+ (?:generated )?examples",
    r"95 %",
    r"CC0-1\.0",
    r"CC BY\S* \d\.\d",
    r"a fraction near 0 or 1",
    r"Anteil nahe 0 oder 1",
    r"counts as 0",
    r"gilt als 0",
    r"from 0\.",
    r"one in \d+ of the \d+ rows",
    r"jede \d+\. der \d+ Zeilen",
]


def pattern(template):
    """The regular expression of a wording; a part in braces is a group of that name."""
    parts = re.split(r"\{(\w+)\}", template)
    text = "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts))
    return re.compile(text)


def of(table, page):
    """What a table has for the language of a page."""
    return table.get(page.language[:2], table["en"])
