"""The keys of an ontology file, declared once.

The reader (`schemas.ontology`) checks files by this declaration, and `schemas.derive` makes the JSON Schema and the
tables of docs/ontology.md from it. Patterns are written so that Python and ECMA 262 read them alike and match the whole
value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

OVERLAP_POLICIES: Final = ("nested", "flat")

# Letters of the Arabic script as Arabic and its neighbours' names are written with it, without presentation forms.
_ARABIC: Final = r"\u0620-\u064A\u066E-\u06D3\u06D5\u06EE\u06EF\u06FA-\u06FF\u0750-\u077F\u08A0-\u08C9"
# Line breaks, tabs and other controls, zero-width and bidirectional controls: they would break a table or hide there.
_HIDDEN: Final = r"\u0000-\u001F\u007F-\u009F\u00AD\u061C\u200B\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF"


@dataclass(frozen=True, slots=True)
class Form:
    """What a text may look like: a pattern for the whole of it, and the words of the refusal."""

    pattern: str
    fault: str
    remedy: str


TEXT: Final = Form(rf"(?=.*\S)[^{_HIDDEN}]+", "is empty or has line breaks or invisible characters",
                   "write one line of plain text")
ARABIC_NAME: Final = Form(rf"(?=.*[{_ARABIC}])[^A-Za-z{_HIDDEN}]+", "is not an Arabic name",
                          "write it in Arabic letters, on one line")
ARABIC_TEXT: Final = Form(rf"(?=.*[{_ARABIC}])[^{_HIDDEN}]+", "is not Arabic text", "write it in Arabic, on one line")
ARABIC_EXAMPLE: Final = Form(rf"(?=.*[{_ARABIC}])(?:[^\[\]{_HIDDEN}]+|[^\[\]{_HIDDEN}]*\[[^\[\]\s{_HIDDEN}]"
                             rf"(?:[^\[\]{_HIDDEN}]*[^\[\]\s{_HIDDEN}])?\][^\[\]{_HIDDEN}]*)",
                             "is not an Arabic example with at most one [mention]",
                             "write a short Arabic phrase with the mention between [ and ], or the mention alone")
# 'O' and 'sentence' already mean something where labels are written: in IOB2 tags and in the table of spans.
LABEL_CODE: Final = Form(r"(?!O$|sentence$)[A-Za-z][A-Za-z0-9_-]{0,39}", "is not a label code",
                         "use up to 40 Latin letters, digits, - and _, a letter first, and neither O nor sentence")
KEBAB_CODE: Final = Form(r"[a-z0-9]+(?:-[a-z0-9]+)*", "is not a code",
                         "use small Latin letters and digits, with single hyphens between words")
MEDTOP: Final = Form(r"medtop:[0-9]{8}", "is not an IPTC Media Topics code",
                     "write medtop: and eight digits, such as medtop:15000000, or leave the key out")
COLOUR: Final = Form(r"#[0-9a-fA-F]{6}", "is not a colour", "write # and six hexadecimal digits, such as #ffd27f")
HOTKEY: Final = Form(r"[0-9=-]", "is not a usable key",
                     "use one of the digits 0 to 9, - or =, which an Arabic keyboard types as a Latin one does")
SEMVER: Final = Form(r"(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)"
                     r"(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?",
                     "is not a semantic version", "write three numbers such as 1.0.0")
OVERLAP: Final = Form("|".join(OVERLAP_POLICIES), "is not an overlap policy", "write nested or flat")


@dataclass(frozen=True, slots=True)
class Key:
    """A key whose value is a text, or where `least` is above 0 a list of at least so many texts."""

    name: str
    form: Form
    meaning: str
    required: bool = True
    least: int = 0


_NAMED: Final = (
    Key("name_ar", ARABIC_NAME, "Name in Arabic, as annotators read it."),
    Key("name_en", TEXT, "Name in English."),
)
_DEFINED: Final = (
    *_NAMED,
    Key("definition_ar", ARABIC_TEXT, "What it means, one sentence in Arabic."),
    Key("definition_en", TEXT, "What it means, one sentence in English."),
)
_COLOUR: Final = Key("colour", COLOUR, "Background wash `#rrggbb`, light enough for black text, unlike its siblings'.")
_HOTKEY: Final = Key("hotkey", HOTKEY, "Key that chooses it while annotating: a digit, `-` or `=`.", required=False)

TOP_KEYS: Final = (
    Key("name", KEBAB_CODE, "Name of the ontology."),
    Key("version", SEMVER, "Semantic version; raise it whenever a label or its meaning changes."),
    Key("default_inventory", KEBAB_CODE, "The inventory that is used where none is asked for."),
)
INVENTORY_KEYS: Final = (
    *_NAMED,
    Key("overlap", OVERLAP, "`nested`: entities may lie inside others; `flat`: only the outermost are annotated."),
)
ENTITY_KEYS: Final = (
    Key("code", LABEL_CODE, "The label in tables and releases."),
    *_DEFINED,
    Key("examples", ARABIC_EXAMPLE, "Arabic phrases, the mention between `[` and `]`, or the mention alone.", least=2),
    _COLOUR,
    _HOTKEY,
)
SCHEME_KEYS: Final = (
    Key("name_en", TEXT, "What the label set is."),
    Key("labels", LABEL_CODE, "Its labels.", least=1),
)
TOPIC_KEYS: Final = (
    Key("code", KEBAB_CODE, "The topic in tables and releases."),
    Key("medtop", MEDTOP, "Code of the same subject in IPTC Media Topics.", required=False),
    *_DEFINED,
    Key("examples", ARABIC_TEXT, "Arabic headlines of articles about it.", least=2),
    _COLOUR,
    _HOTKEY,
)
SENTENCE_KIND_KEYS: Final = _DEFINED
PROBLEM_KEYS: Final = (Key("code", KEBAB_CODE, "The problem in the table of judgments."), *_DEFINED)

# Tables of an ontology file, beside the keys at its top. The inherited ones are the packaged ontology's where a file
# leaves them out.
REQUIRED_TABLES: Final = ("inventories",)
OPTIONAL_TABLES: Final = ("schemes", "mappings")
INHERITED_TABLES: Final = ("topics", "sentences", "problems")
