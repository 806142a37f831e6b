"""Who goes where: whole groups of related documents to one split, and no document ever from one split to another."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

BRIDGES_SPLITS: Final = "bridges-splits"


@dataclass(frozen=True, slots=True)
class Member:
    """A document that wants a place: `earlier` are the splits that it, or another text of its sources, once had."""

    doc_id: str
    cluster_id: str
    story_id: str | None
    earlier: frozenset[str]


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
    members lie in different splits cannot: its new documents are held out. New groups come in the order of a hash
    of their id (their smallest cluster id), each going where most documents are missing from the shares; as soon as
    there are no more groups left than empty splits, only those are chosen from.
    """
    splits: dict[str, str] = {}
    held_out: set[str] = set()
    torn: set[str] = set()
    new: list[tuple[str, list[Member]]] = []
    for group in _groups(members):
        known = frozenset().union(*(member.earlier for member in group))
        if not known:
            new.append((min(member.cluster_id for member in group), group))
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
    _fill(splits, new, shares)
    return SplitPlan(splits, frozenset(held_out), frozenset(torn))


def _fill(splits: dict[str, str], groups: Iterable[tuple[str, list[Member]]], shares: Mapping[str, float]) -> None:
    waiting = sorted(groups, key=lambda group: (hashlib.sha256(group[0].encode()).digest(), group[0]))
    total = len(splits) + sum(len(group) for _, group in waiting)
    counts = Counter(splits.values())
    names = [name for name, share in shares.items() if share > 0]
    for place, (_, group) in enumerate(waiting):
        empty = [name for name in names if not counts[name]]
        open_ = empty if len(waiting) - place <= len(empty) else names
        # max() takes the first of equal ones, so ties go by the order in which corpus.toml names the splits.
        split = max(open_, key=lambda name: shares[name] * total - counts[name])
        counts[split] += len(group)
        splits.update((member.doc_id, split) for member in group)


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
