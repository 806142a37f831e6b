"""Pictures of a release's numbers, for its card: PNG files that the same rows and matplotlib give byte for byte.

matplotlib shapes Arabic and puts it right to left from 3.11 on. It is no extra, so that a corpus gives one release
wherever it is made.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.release.choose import STATUSES
from corpus.release.figures import Figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FOLDER: Final = "figures"
LEAST_ROWS: Final = 4
MOST_BARS: Final = 20  # of outlets and topics; the rest is one bar
_MONTH: Final = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])(?=-)")
_BLUE: Final = "#31688e"
_STATUS_COLOURS: Final = {"gold": "#b8860b", "single": "#31688e", "silver": "#b0b7bf"}
_WIDTH: Final = 8.0  # inches
_DPI: Final = 110
_FONT: Final = "DejaVu Sans"  # comes with matplotlib and has Arabic letters
_FONT_SIZE: Final = 10


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: its file's name below the release, what it shows, and its bytes."""

    name: str
    caption: str
    body: bytes


def drawn_with() -> Mapping[str, str]:
    """The version of matplotlib, for the manifest."""
    return {"matplotlib": version("matplotlib")}


def draw_pictures(figures: Figures, tables: Mapping[str, Mapping[str, pa.Table]]) -> tuple[Picture, ...]:
    """All pictures that the rows have something to show for."""
    months = _months(tables["documents"])
    lengths = _sentence_lengths(tables["sentences"])
    wanted: Sequence[tuple[str, str, int, Callable[[Axes], None] | None]] = (
        ("topics", "Documents by topic", len(figures.topics), _bars(figures.topics, "documents")),
        ("outlets", "Documents by outlet", len(figures.outlets), _bars(figures.outlets, "documents")),
        ("labels", "Entities by label and by who stands behind them", len(figures.entities), _stacked(figures)),
        ("sentence-lengths", "Sentences by length in tokens", 8, _histogram(lengths)),
        ("time", "Documents by month of publication", 8, _timeline(months)),
    )
    return tuple(
        Picture(f"{FOLDER}/{name}.png", caption, _draw(paint, caption, min(rows, MOST_BARS + 1)))
        for name, caption, rows, paint in wanted
        if paint is not None
    )


def _draw(paint: Callable[[Axes], None], title: str, rows: int) -> bytes:
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rc("font", family=_FONT, size=_FONT_SIZE)
        figure = Figure(figsize=(_WIDTH, 1.0 + 0.3 * max(rows, LEAST_ROWS)), dpi=_DPI, layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        paint(axes)
        axes.set_title(title, loc="left", fontsize=11)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        sink = io.BytesIO()
        figure.savefig(sink, format="png", metadata={"Software": None})
    return sink.getvalue()


def _bars(counts: Mapping[str, int], unit: str) -> Callable[[Axes], None] | None:
    shown = dict(list(counts.items())[:MOST_BARS])
    if len(counts) > MOST_BARS:
        rest = list(counts.values())[MOST_BARS:]
        shown[f"{len(rest):,} more"] = sum(rest)

    def paint(axes: Axes) -> None:
        places = np.arange(len(shown))
        drawn = axes.barh(places, list(shown.values()), color=_BLUE)
        axes.bar_label(drawn, labels=[f"{value:,}" for value in shown.values()], padding=3)
        _name_rows(axes, list(shown))
        axes.set_xlabel(unit)

    return paint if shown else None


def _stacked(figures: Figures) -> Callable[[Axes], None] | None:
    def paint(axes: Axes) -> None:
        places = np.arange(len(figures.entities))
        left = np.zeros(len(places))
        for status in STATUSES:
            values = np.array([counts[status] for counts in figures.entities.values()])
            axes.barh(places, values, left=left, color=_STATUS_COLOURS[status], label=status)
            left += values
        for place, total in zip(places, left, strict=True):
            axes.annotate(f"{int(total):,}", (total, place), (3, 0), textcoords="offset points", va="center")
        _name_rows(axes, list(figures.entities))
        axes.set_xlabel("entities")
        axes.legend(frameon=False, loc="lower right")

    return paint if figures.entities else None


def _histogram(lengths: Sequence[int]) -> Callable[[Axes], None] | None:
    def paint(axes: Axes) -> None:
        from matplotlib.ticker import MaxNLocator

        top = int(np.quantile(lengths, 0.995)) + 1
        step = max(1, top // 40)
        edges = np.arange(0, top + step, step)
        axes.hist(np.minimum(lengths, edges[-1]), bins=list(edges), color=_BLUE)
        axes.set_xlabel(f"tokens (median {int(np.median(lengths))}; longer than {edges[-1]}: in the last bar)")
        axes.set_ylabel("sentences")
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))

    return paint if lengths else None


def _timeline(months: Mapping[str, int]) -> Callable[[Axes], None] | None:
    def paint(axes: Axes) -> None:
        from matplotlib.ticker import MaxNLocator

        names = _all_months(min(months), max(months))
        axes.bar(np.arange(len(names)), [months.get(name, 0) for name in names], color=_BLUE)
        axes.set_xlim(-0.6, max(len(names), 12) - 0.4)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        every = max(1, len(names) // 12)
        axes.set_xticks(np.arange(0, len(names), every), names[::every], rotation=45, ha="right")
        axes.set_ylabel("documents")

    return paint if months else None


def _name_rows(axes: Axes, names: Sequence[str]) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.set_yticks(np.arange(len(names)), [name if len(name) <= 40 else f"{name[:39]}…" for name in names])
    axes.set_ylim(max(len(names), LEAST_ROWS) - 0.5, -0.5)
    axes.margins(x=0.12)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _months(documents: Mapping[str, pa.Table]) -> Mapping[str, int]:
    """Documents by month (YYYY-MM), of those whose date begins with one."""
    days = (day for rows in documents.values() for day in rows["published"].drop_null().to_pylist())
    return Counter(month.group() for day in days if (month := _MONTH.match(day)))


def _all_months(first: str, last: str) -> list[str]:
    """Every month from the first to the last; only the first and last 600 where there would be more."""
    start, end = (int(month[:4]) * 12 + int(month[5:7]) - 1 for month in (first, last))
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in range(max(start, end - 600), end + 1)]


def _sentence_lengths(sentences: Mapping[str, pa.Table]) -> list[int]:
    lengths: list[int] = []
    for rows in sentences.values():
        lengths += pc.list_value_length(rows["tokens"]).to_pylist()
    return lengths
