"""`CHANGELOG.md` of the dataset: what changed from version to version, in its users' words, the newest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from corpus.release.diff import PARTS, Change, Diff
from corpus.release.versions import ReleaseError, Step

CHANGELOG: Final = "CHANGELOG.md"
_MEANING: Final = {
    Step.MAJOR: "Rows of {old} were changed, removed or moved: results on the two versions are not of the same data.",
    Step.MINOR: "All that is in {old} is still there, as it was.",
    Step.PATCH: "The same rows as in {old}, in other packaging: card, datasheet, licence, settings or file format.",
}
_NUMBERS: Final = (
    "MAJOR.MINOR.PATCH: MAJOR where rows were changed, removed or moved to another split, MINOR where rows were only "
    "added, PATCH where they are the same."
)
_SHOWN: Final = 5  # pairs of labels in a line


def first_entry(version: str, counts: Mapping[str, Mapping[str, int]]) -> str:
    """The entry of the first release; `counts` are rows by config and split."""
    documents, sentences = (sum(counts[config].values()) for config in ("documents", "sentences"))
    return f"## {version}\n\nThe first release: {_number(documents, 'document')}, {_number(sentences, 'sentence')}.\n"


def entry(diff: Diff, replaces: Sequence[str] = ()) -> str:
    """The entry of the release `diff.new`."""
    lines = [f"## {diff.new}", "", f"After {diff.old}. {_MEANING[diff.step].format(old=diff.old)}"]
    if replaces:
        lines += ["", f"Issued in place of {', '.join(replaces)}, withdrawn because of documents that were retracted."]
    found = [f"- {line}" for line in changelog_lines(diff)]
    return "\n".join([*lines, *(["", *found] if found else [])]) + "\n"


def render_changelog(title: str, newest: str, earlier: str) -> str:
    """The text of the file: `newest` is an entry, `earlier` the entries before it as `read_entries` gives them."""
    return f"# Changelog of {title}\n\n{_NUMBERS}\n\n{newest}" + (f"\n{earlier}" if earlier else "")


def read_entries(release: Path) -> str:
    """All entries of a release's changelog; "" for a release without one.

    Raises:
        ReleaseError: if it cannot be read.
    """
    try:
        text = (release / CHANGELOG).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ReleaseError(
            f"{release / CHANGELOG} cannot be read ({error}); restore the release from a copy"
        ) from error
    start = text.find("\n## ")
    return text[start + 1 :] if start >= 0 else ""


def changelog_lines(diff: Diff) -> Iterator[str]:
    """What changed, a sentence each; the words of an entry and of `mudawwana diff`."""
    yield from _documents(diff)
    for part in PARTS[1:]:
        kept = [one for one in diff.changes if one.part == part and one.document == "kept"]
        yield from _statuses(part, kept)
        yield from _labels(part, kept)
    for rerun in diff.reruns:
        was, now = (", ".join(side) or "nothing" for side in (rerun.before, rerun.after))
        yield (
            f"The machine's {rerun.task} were made anew in {_number(rerun.documents, 'document')} that "
            f"{_was(rerun.documents)} there before: by {now}; before by {was}."
        )
    for layer in diff.layers:
        verb = "New" if layer.change == "added" else "Gone"
        yield (
            f"{verb} in `annotations`: {layer.task} by {layer.author} ({layer.kind}, round {layer.round}), "
            f"{_number(layer.annotations, 'annotation')} of {_number(layer.documents, 'document')}."
        )


def _documents(diff: Diff) -> Iterator[str]:
    changes = [one for one in diff.changes if one.part == "documents"]
    for change, verb in (("added", "added"), ("removed", "removed")):
        found = [one for one in changes if one.change == change]
        splits = Counter(one.after or one.before for one in found)
        if found:
            where = ", ".join(f"{split} {number:,}" for split, number in splits.most_common())
            yield f"{_number(len(found), 'document')} {_was(len(found))} {verb} ({where})."
    fields = Counter(one.field for one in changes if one.change == "changed")
    if texts := fields.pop("text", 0):
        yield f"The text of {_number(texts, 'document')} changed."
    for field, number in sorted(fields.items(), key=lambda item: (-item[1], str(item[0]))):
        yield f"`{field}` of {_number(number, 'document')} changed."
    moved = Counter((one.before, one.after) for one in changes if one.change == "moved")
    for (before, after), number in sorted(moved.items()):
        yield f"{_number(number, 'document')} moved from {before} to {after}."


def _statuses(part: str, changes: Sequence[Change]) -> Iterator[str]:
    found = Counter((one.before, one.after) for one in changes if one.field == "status")
    for (before, after), number in sorted(found.items()):
        yield f"The {part} of {_number(number, 'document')} are {after} instead of {before}."


def _labels(part: str, changes: Sequence[Change]) -> Iterator[str]:
    counts = Counter(one.change for one in changes)
    said = [f"{counts[change]:,} {change}" for change in ("added", "removed") if counts[change]]
    pairs = Counter((one.before, one.after) for one in changes if one.change == "relabelled")
    if pairs:
        shown = [f"{before} to {after} {number:,}" for (before, after), number in pairs.most_common(_SHOWN)]
        more = "" if len(pairs) <= _SHOWN else ", …"
        said.append(f"{sum(pairs.values()):,} relabelled ({', '.join(shown)}{more})")
    fields = Counter(one.field for one in changes if one.change == "changed" and one.field != "status")
    said += [f"{number:,} with another {field}" for field, number in sorted(fields.items(), key=str)]
    if said:
        documents = len({one.source_id for one in changes if one.field != "status"})
        where = f"{_number(documents, 'document')} that {_was(documents)} there before"
        yield f"{part.capitalize()} of {where}: {', '.join(said)}."


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
