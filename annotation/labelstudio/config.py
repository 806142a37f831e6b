"""The labelling interface of a project, made from the ontology: Arabic, right to left, one screen for everything.

The article stands in the middle under a bar of entity labels; sentences are a pale wash under the words; topics, the
problem and the comment stand beside it. What annotators read is Arabic, what the export carries are the codes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from xml.sax.saxutils import quoteattr

from schemas.labels import Ontology

TEXT: Final = "text"
ENTITIES: Final = "label"
SENTENCES: Final = "sentence"
MAIN_TOPIC: Final = "topic"
TOPICS: Final = "topics"
PROBLEM: Final = "problem"
COMMENT: Final = "comment"

CONTROLS: Final[Mapping[str, str]] = {
    ENTITIES: "labels",
    SENTENCES: "labels",
    MAIN_TOPIC: "choices",
    TOPICS: "choices",
    PROBLEM: "choices",
    COMMENT: "textarea",
}
"""The name of each control and the type of the regions it makes."""

# Keys of the letters' rows for what the ontology gives no key to. The server's page listens to key codes, which an
# Arabic layout shares with the Latin one, so each key is named by the Latin letter that is printed on it.
_SENTENCE_KEYS: Final = "qwertyu"
_TOPIC_KEYS: Final = "asdfghjklzxcvbnm,"

_SENTENCE_COLOURS: Final = {
    "title": "#9fb4c7",
    "deck": "#b5c4b1",
    "subhead": "#b9b3cf",
    "paragraph": "#c4c4c4",
    "item": "#c9bfa5",
    "caption": "#a9c9c6",
    "verse": "#cfb3bd",
}

# The handles by which a region is resized are <area> elements, which Chromium does not show by itself.
_STYLE: Final = """
.mw { direction: rtl; display: grid; grid-template-columns: minmax(0, 1fr) 17rem; gap: 1.25rem; align-items: start; }
.mw-bar { position: sticky; top: 0; z-index: 5; background: var(--color-neutral-background, #fff); padding: .35rem 0;
  border-bottom: 1px solid #ccc; }
.mw-text, .mw-text [class*="richtext"] { direction: rtl; text-align: right; line-height: 2.3; font-size: 1.4rem;
  font-family: "Noto Naskh Arabic", "Amiri", "Scheherazade New", "Traditional Arabic", serif; }
.mw-text .htx-highlight area { display: inline-block; }
.mw-side { position: sticky; top: 0; max-height: 92vh; overflow-y: auto; padding-inline-start: .75rem;
  border-inline-start: 1px solid #ccc; }
.mw-side .ant-checkbox-wrapper, .mw-side label { line-height: 1.35; }
.mw-head h4, .mw-head h5 { text-align: right; margin: .2rem 0; font-size: 1rem; color: #555; }
.mw-side h5 { margin: .6rem 0 .2rem; font-size: 1rem; }
"""


def label_config(ontology: Ontology, inventory: str, *, asks: bool = False) -> str:
    """The label config (XML) of an inventory; the same ontology gives the same text.

    In a project that `asks` about work that is there, the comment holds the questions and stands first.

    Raises:
        LookupError: if the ontology has no such inventory.
    """
    entities = [
        _tag("Label", value=label.code, html=label.name_ar, hint=label.code,
             background=label.colour, hotkey=label.hotkey)
        for label in ontology.inventory(inventory).labels
    ]  # fmt: skip
    taken = {label.hotkey for label in ontology.inventory(inventory).labels} | {one.hotkey for one in ontology.topics}
    sentence_keys = _free(_SENTENCE_KEYS, taken)
    sentences = [
        _tag("Label", value=kind.code, html=kind.name_ar, hint=kind.code,
             background=_SENTENCE_COLOURS[kind.code], hotkey=next(sentence_keys, ""))
        for kind in ontology.sentence_kinds
    ]  # fmt: skip
    topic_keys = _free(_TOPIC_KEYS, taken)
    main_topic = [
        _tag("Choice", value=one.code, html=one.name_ar, hint=one.code, hotkey=one.hotkey or next(topic_keys, ""))
        for one in ontology.topics
    ]
    topics = [_tag("Choice", value=one.code, html=one.name_ar, hint=one.code) for one in ontology.topics]
    problems = [_tag("Choice", value=one.code, html=one.name_ar, hint=one.definition_ar) for one in ontology.problems]
    comment = [
        f'<Header value="{"أسئلة وملاحظات" if asks else "ملاحظة"}" size="5"/>',
        _tag("TextArea", name=COMMENT, toName=TEXT, rows="2", maxSubmissions="" if asks else "1", editable="true",
             placeholder="اكتب ملاحظتك هنا ثم أرسل"),
    ]  # fmt: skip
    return "\n".join(
        [
            "<View>",
            f"<Style>{_STYLE}</Style>",
            '<View className="mw">',
            '<View className="mw-main">',
            '<View className="mw-bar">',
            *_control("Labels", ENTITIES, entities, showInline="true"),
            *_control("Labels", SENTENCES, sentences, showInline="true"),
            "</View>",
            '<View className="mw-head">',
            '<Header value="$title" size="4"/>',
            '<Header value="$about" size="5"/>',
            "</View>",
            '<View className="mw-text">',
            f'<Text name="{TEXT}" value="$text" granularity="symbol"/>',
            "</View>",
            "</View>",
            '<View className="mw-side">',
            *(comment if asks else ()),
            '<Header value="الموضوع الرئيسي" size="5"/>',
            *_control("Choices", MAIN_TOPIC, main_topic, choice="single", layout="vertical"),
            '<Header value="مواضيع أخرى" size="5"/>',
            *_control("Choices", TOPICS, topics, choice="multiple", layout="vertical"),
            '<Header value="مشكلة في النص" size="5"/>',
            *_control("Choices", PROBLEM, problems, choice="single", layout="vertical"),
            *(() if asks else comment),
            "</View>",
            "</View>",
            "</View>",
        ]
    )  # fmt: skip


def _control(tag: str, name: str, options: Iterable[str], **attributes: str) -> list[str]:
    opening = _tag(tag, name=name, toName=TEXT, **attributes).removesuffix("/>") + ">"
    return [opening, *options, f"</{tag}>"]


def _tag(tag: str, **attributes: str) -> str:
    written = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items() if value)
    return f"<{tag}{written}/>"


def _free(keys: str, taken: set[str]) -> Iterator[str]:
    return iter([key for key in keys if key not in taken])
