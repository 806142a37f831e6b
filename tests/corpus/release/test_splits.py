"""Splits: whole groups, close to the shares, the same for ever."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from corpus.release.splits import Member, SplitPlan, plan_splits

SHARES = {"train": 0.8, "validation": 0.1, "test": 0.1}


def members(*clusters: str, stories: dict[int, str] | None = None) -> list[Member]:
    return [Member(f"d{n}", cluster, (stories or {}).get(n), frozenset()) for n, cluster in enumerate(clusters)]


def again(before: SplitPlan, wanted: list[Member]) -> SplitPlan:
    known = {doc: frozenset((split,)) for doc, split in before.splits.items()}
    return plan_splits([replace(one, earlier=known.get(one.doc_id, frozenset())) for one in wanted], SHARES)


@given(st.integers(3, 60))
def test_no_split_is_empty_where_there_are_three_groups(count: int) -> None:
    plan = plan_splits(members(*(f"c{n}" for n in range(count))), SHARES)
    assert set(plan.splits.values()) == SHARES.keys()


def test_shares_are_met() -> None:
    counts = Counter(plan_splits(members(*(f"c{n}" for n in range(1000))), SHARES).splits.values())
    assert counts == {"train": 800, "validation": 100, "test": 100}


def test_two_groups_fill_two_splits() -> None:
    assert len(set(plan_splits(members("a", "b"), SHARES).splits.values())) == 2


def test_a_split_without_a_share_stays_empty() -> None:
    plan = plan_splits(members(*"abcdef"), {"train": 0.9, "validation": 0.0, "test": 0.1})
    assert set(plan.splits.values()) == {"train", "test"}


def of_strata(count: int) -> list[Member]:
    """Documents of three topics and two outlets, alone or in threes."""
    topics = ("sport", "sport", "sport", "politics", "politics", "health")
    return [
        Member(f"d{n}", f"c{n}", f"s{n // 3}" if n % 9 < 3 else f"t{n}", frozenset(),
               (("topic", topics[n * 7 % 6]), ("outlet", "أ" if n * 5 % 3 else "ب")))
        for n in range(count)
    ]


def test_topics_and_outlets_have_their_share_in_each_split() -> None:
    wanted = of_strata(900)
    plan = plan_splits(wanted, SHARES)
    totals = Counter(stratum for one in wanted for stratum in one.strata)
    for split, share in SHARES.items():
        found = Counter(stratum for one in wanted if plan.splits[one.doc_id] == split for stratum in one.strata)
        assert all(abs(found[stratum] - share * total) <= 2 for stratum, total in totals.items())
        assert abs(sum(name == split for name in plan.splits.values()) - share * len(wanted)) <= 2


def test_what_comes_later_is_balanced_against_what_is_there() -> None:
    """A split that got none of a topic at first gets more of it later."""
    old = [Member(f"o{n}", f"o{n}", None, frozenset(("train",)), (("topic", "sport"),)) for n in range(40)]
    new = [Member(f"n{n}", f"n{n}", None, frozenset(), (("topic", "sport"),)) for n in range(20)]
    counts = Counter(plan_splits([*old, *new], SHARES).splits.values())
    assert counts == {"train": 48, "validation": 6, "test": 6}


def test_strata_too_small_for_every_split_do_not_disturb_the_shares() -> None:
    wanted = [Member(f"d{n}", f"c{n}", None, frozenset(), (("outlet", f"o{n}"),)) for n in range(200)]
    assert Counter(plan_splits(wanted, SHARES).splits.values()) == {"train": 160, "validation": 20, "test": 20}


def test_large_groups_are_placed_before_small_ones() -> None:
    wanted = [Member(f"big{n}", f"big{n}", "s", frozenset()) for n in range(30)]
    wanted += [Member(f"d{n}", f"c{n}", None, frozenset()) for n in range(70)]
    assert Counter(plan_splits(wanted, SHARES).splits.values()) == {"train": 80, "validation": 10, "test": 10}


def test_stories_join_clusters() -> None:
    plan = plan_splits(members("a", "a", "b", "c", "d", "e", stories={1: "s", 2: "s"}), SHARES)
    assert len({plan.splits[name] for name in ("d0", "d1", "d2")}) == 1


groups = st.lists(st.tuples(st.integers(0, 20), st.one_of(st.none(), st.integers(0, 6))), min_size=1, max_size=40)


def made(parts: list[tuple[int, int | None]]) -> list[Member]:
    return [
        Member(f"d{n}", f"c{cluster}", None if story is None else f"s{story}", frozenset())
        for n, (cluster, story) in enumerate(parts)
    ]


@given(groups)
def test_a_cluster_or_story_lies_in_one_split(parts: list[tuple[int, int | None]]) -> None:
    wanted = made(parts)
    plan = plan_splits(wanted, SHARES)
    for name in ("cluster_id", "story_id"):
        for value in {getattr(one, name) for one in wanted} - {None}:
            assert len({plan.splits[one.doc_id] for one in wanted if getattr(one, name) == value}) == 1


@given(groups, groups)
def test_growth_moves_no_document(first: list[tuple[int, int | None]], more: list[tuple[int, int | None]]) -> None:
    before = plan_splits(made(first), SHARES)
    grown = made([*first, *more])
    after = again(before, grown)
    assert all(after.splits[doc] == split for doc, split in before.splits.items())
    assert after.splits.keys() | after.held_out == {one.doc_id for one in grown}
    assert not after.held_out & before.splits.keys()
    assert again(after, grown).splits == after.splits


def test_a_new_document_that_bridges_splits_is_held_out() -> None:
    old = [Member("x", "a", None, frozenset(("train",))), Member("y", "a", None, frozenset(("test",)))]
    plan = plan_splits([*old, Member("new", "a", None, frozenset())], SHARES)
    assert plan == SplitPlan({"x": "train", "y": "test"}, frozenset(("new",)), frozenset(("x", "y")))


def test_a_text_whose_sources_lay_in_different_splits_is_held_out() -> None:
    plan = plan_splits([Member("new", "a", None, frozenset(("train", "test")))], SHARES)
    assert plan.held_out == {"new"}


def test_a_new_member_follows_its_group() -> None:
    plan = plan_splits([Member("x", "a", None, frozenset(("test",))), Member("y", "a", None, frozenset())], SHARES)
    assert plan.splits == {"x": "test", "y": "test"}


def test_the_order_of_documents_changes_nothing() -> None:
    wanted = members(*(f"c{n % 17}" for n in range(40)))
    assert plan_splits(wanted, SHARES).splits == plan_splits(wanted[::-1], SHARES).splits
    assert plan_splits(of_strata(90), SHARES).splits == plan_splits(of_strata(90)[::-1], SHARES).splits
