"""How the tables of a release lie on disk: Parquet files that compress well, filter well and change little."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.release.rows import SORTED_BY

FILE_BYTES: Final = 500_000_000  # of Arrow memory in one file
GROUP_BYTES: Final = 200_000_000  # of Arrow memory in one row group


def file_names(config: str, split: str, count: int) -> list[str]:
    """The names of a split's files, below the release's folder."""
    return [f"data/{config}/{split}-{number:05d}-of-{count:05d}.parquet" for number in range(count)]


def write_split(folder: Path, config: str, split: str, rows: pa.Table) -> Mapping[str, int]:
    """Write the rows of a split and return the number of rows of each file by its name.

    The same rows and pyarrow give the same bytes. Content-defined chunks keep most bytes in place where rows are
    inserted, which spares storage on hubs that know them.
    """
    rows = rows.combine_chunks()
    count = max(1, -(-rows.nbytes // FILE_BYTES))
    per_file = max(1, -(-rows.num_rows // count))
    written: dict[str, int] = {}
    for number, name in enumerate(file_names(config, split, count)):
        part = rows.slice(number * per_file, per_file)
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(
            part,
            path,
            compression="zstd",
            compression_level=9,
            write_page_index=True,
            use_content_defined_chunking=True,
            store_schema=True,
            sorting_columns=pq.SortingColumn.from_ordering(
                part.schema, [(column, "ascending") for column in SORTED_BY[config]]
            ),
            row_group_size=max(1, part.num_rows * GROUP_BYTES // max(part.nbytes, GROUP_BYTES)),
        )
        written[name] = part.num_rows
    return written


def read_files(folder: Path, names: Sequence[str], columns: Sequence[str] | None = None) -> pa.Table:
    """The rows of some of a release's files, with all columns or some.

    Raises:
        OSError, pyarrow.ArrowInvalid: if a file is missing or damaged.
    """
    wanted = None if columns is None else list(columns)
    return pa.concat_tables([pq.read_table(folder / name, columns=wanted) for name in names])
