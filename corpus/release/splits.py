"""Who goes where: whole groups of related documents to one split, and no document ever from one split to another."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

BRIDGES_SPLITS: Final = "bridges-splits"


@dataclass(frozen=True, slots=True)
class Member:
    """A document that wants a place: `earlier` are the splits that it, or another text of its sources, once had.

    `strata` are what each split is to have its share of, such as ("topic", "sport") and ("outlet", "الواحة").
    """

    doc_id: str
    cluster_id: str
    story_id: str | None
    earlier: frozenset[str]
    strata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """The split of each document, the documents held out, and those whose groups already lie in several splits.

    `torn` are documents of earlier releases that are now known to be related to one of another split: they stay where
    they are, since a split once published cannot be taken back.
    """

    splits: Mapping[str, str]
    held_out: frozenset[str]
    torn: frozenset[str]


def plan_splits(members: Sequence[Member], shares: Mapping[str, float]) -> SplitPlan:
    """Give each document a split.

    Documents of one cluster or story are one group. A group with a member in a split joins it whole. A group whose
    members lie in different splits cannot: its new documents are held out. New groups come largest first, equal ones
    in the order of a hash of their id (their smallest cluster id), each going where it is missed most (`_Balance`);
    as soon as there are no more groups left than empty splits, only those are chosen from.
    """
    splits: dict[str, str] = {}
    held_out: set[str] = set()
    torn: set[str] = set()
    new: list[list[Member]] = []
    for group in _groups(members):
        known = frozenset().union(*(member.earlier for member in group))
        if not known:
            new.append(group)
        elif len(known) == 1:
            (split,) = known
            splits.update((member.doc_id, split) for member in group)
        else:
            for member in group:
                if len(member.earlier) == 1:
                    splits[member.doc_id] = next(iter(member.earlier))
                    torn.add(member.doc_id)
                else:
                    held_out.add(member.doc_id)
    _fill(splits, new, [member for member in members if member.doc_id not in held_out], shares)
    return SplitPlan(splits, frozenset(held_out), frozenset(torn))


def _fill(
    splits: dict[str, str],
    groups: Sequence[Sequence[Member]],
    members: Sequence[Member],
    shares: Mapping[str, float],
) -> None:
    balance = _Balance(members, shares)
    for member in members:
        if member.doc_id in splits:
            balance.add((member,), splits[member.doc_id])
    names = [name for name, share in shares.items() if share > 0]
    waiting = sorted(groups, key=_turn)
    for place, group in enumerate(waiting):
        empty = [name for name in names if not balance.documents(name)]
        split = balance.choose(group, empty if len(waiting) - place <= len(empty) else names)
        balance.add(group, split)
        splits.update((member.doc_id, split) for member in group)


def _turn(group: Sequence[Member]) -> tuple[int, bytes, str]:
    name = min(member.cluster_id for member in group)
    return -len(group), hashlib.sha256(name.encode()).digest(), name


class _Balance:
    """How full the splits are, of documents and of each stratum that is large enough for every split to have some.

    A group goes where the sum of squared distances from what each split should have, relative to that, grows least.
    For single documents without strata this is the method of Sainte-Laguë, which keeps the shares at every step.
    """

    def __init__(self, members: Sequence[Member], shares: Mapping[str, float]) -> None:
        totals = Counter(stratum for member in members for stratum in _strata(member))
        smallest = min((share for share in shares.values() if share > 0), default=1.0)
        self._shares = shares
        self._totals = {
            stratum: total for stratum, total in totals.items() if stratum == _ALL or total * smallest >= 1
        }
        self._counts: Counter[tuple[str, tuple[str, str]]] = Counter()

    def documents(self, split: str) -> int:
        """How many documents a split has."""
        return self._counts[split, _ALL]

    def add(self, group: Sequence[Member], split: str) -> None:
        """Count a group as part of a split."""
        self._counts.update((split, stratum) for member in group for stratum in _strata(member))

    def choose(self, group: Sequence[Member], names: Sequence[str]) -> str:
        """The split that misses the group most; of equal ones the first as corpus.toml names them."""
        own = Counter(stratum for member in group for stratum in _strata(member) if stratum in self._totals)

        def cost(split: str) -> float:
            wanted = {stratum: self._shares[split] * self._totals[stratum] for stratum in own}
            return sum(
                (_EMPHASIS if stratum == _ALL else 1) * number * (2 * self._counts[split, stratum] + number)
                / wanted[stratum]
                for stratum, number in own.items()
            )

        return min(names, key=lambda split: (round(cost(split), 9), names.index(split)))


_ALL: Final = ("", "")
_EMPHASIS: Final = 3  # the number of documents counts as much as three strata


def _strata(member: Member) -> tuple[tuple[str, str], ...]:
    return (_ALL, *member.strata)


def _groups(members: Sequence[Member]) -> list[list[Member]]:
    """Members joined by cluster or story, directly or through others."""
    parent: dict[tuple[str, str], tuple[str, str]] = {}

    def root(node: tuple[str, str]) -> tuple[str, str]:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for member in members:
        cluster = root(("cluster", member.cluster_id))
        if member.story_id is not None:
            parent[root(("story", member.story_id))] = cluster
    found: dict[tuple[str, str], list[Member]] = defaultdict(list)
    for member in members:
        found[root(("cluster", member.cluster_id))].append(member)
    return list(found.values())
