"""Who annotates: stable pseudonyms for tables and releases, and the private file that says who is behind them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from annotation.private import FOLDER, private_folder, private_write

FILE_NAME = "annotators.json"


class AnnotatorsError(Exception):
    """The private file cannot be read or does not fit the tables; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user of an annotation server."""

    server: str
    user: int
    email: str = ""


@dataclass(frozen=True, slots=True)
class Annotator:
    """A pseudonym and who is behind it, under every server and address that they were met at."""

    pseudonym: str
    people: tuple[Person, ...]

    def is_(self, person: Person) -> bool:
        """Whether this is the same one: the same user of the same server, or the same address anywhere."""
        return any(
            (known.server, known.user) == (person.server, person.user)
            or (bool(known.email) and known.email.lower() == person.email.lower())
            for known in self.people
        )


def named(annotators: Sequence[Annotator], people: Iterable[Person]) -> tuple[Annotator, ...]:
    """`annotators` with `people` added: those known keep their pseudonyms, new ones get the next numbers.

    >>> [one.pseudonym for one in named((), [Person("http://a", 7, "z@x"), Person("http://b", 2, "Z@x")])]
    ['annotator-01']
    """
    known = list(annotators)
    for person in people:
        for nth, one in enumerate(known):
            if one.is_(person):
                if person not in one.people:
                    known[nth] = replace(one, people=(*one.people, person))
                break
        else:
            numbers = [int(one.pseudonym.rpartition("-")[2]) for one in known]
            known.append(Annotator(f"annotator-{max(numbers, default=0) + 1:02}", (person,)))
    return tuple(known)


def pseudonym(annotators: Iterable[Annotator], person: Person) -> str:
    """The pseudonym of somebody who has one."""
    return next(one.pseudonym for one in annotators if one.is_(person))


def read_annotators(root: Path, used: Collection[str] = ()) -> tuple[Annotator, ...]:
    """The annotators of the corpus in `root`.

    Args:
        root: the corpus.
        used: pseudonyms that its tables use already.

    Raises:
        AnnotatorsError: if the file is damaged, or does not know a pseudonym in use: new people would get it.
    """
    path = root / FOLDER / FILE_NAME
    annotators: tuple[Annotator, ...] = ()
    try:
        listed = json.loads(path.read_bytes())["annotators"]
        annotators = tuple(
            Annotator(one["pseudonym"], tuple(Person(**each) for each in one["people"])) for one in listed
        )
        named(annotators, ())
    except FileNotFoundError:
        pass
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AnnotatorsError(f"{path} is damaged ({type(error).__name__}); restore it from a copy") from error
    lost = sorted(set(used) - {one.pseudonym for one in annotators})
    if lost:
        raise AnnotatorsError(
            f"{path} does not say who {', '.join(lost)} is, though the corpus has their annotations; restore it from a "
            "copy, or the next person would get their name"
        )
    return annotators


def write_annotators(root: Path, annotators: Sequence[Annotator]) -> None:
    """Note who is who, readable by the owner of the corpus alone."""
    body = json.dumps({"annotators": [asdict(one) for one in annotators]}, ensure_ascii=False, indent=1) + "\n"
    private_write(private_folder(root) / FILE_NAME, body.encode())
