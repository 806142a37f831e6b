"""Word classes from raw text: words with similar neighbours get one number.

Co-occurrence counts at four positions (the two words before and after, each its own column block) become positive
pointwise mutual information, a truncated singular value decomposition makes vectors of them, and k-means with a
Ward tree over its centres makes classes of several sizes. (Levy and Goldberg 2014 show how close such vectors are to
word2vec's; here they need nothing but scipy and are the same in every run.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from annotation.preannotate.words import plain
from corpus.segment.tokens import token_offsets

SEED = 4
VOCABULARY = 70_000
CONTEXTS = 6_000
DIMENSIONS = 120
SIZES = (48, 192, 768)
_POSITIONS = (-2, -1, 1, 2)
_CHUNK = 2_000_000


def folded_words(lines: Iterable[str]) -> Iterator[list[str]]:
    """The folded tokens of each line, digits written 0."""
    known: dict[str, str] = {}
    for line in lines:
        found = []
        for start, end in token_offsets(line):
            form = line[start:end]
            folded = known.get(form)
            if folded is None:
                folded = known[form] = "".join("0" if letter.isdigit() else letter for letter in plain(form))
            found.append(folded)
        yield found


def count_words(lines: Iterable[list[str]]) -> Counter[str]:
    """Frequencies of the words of all lines."""
    counts: Counter[str] = Counter()
    for line in lines:
        counts.update(line)
    return counts


def word_vectors(lines: Iterable[list[str]], vocabulary: list[str]) -> NDArray[np.float32]:
    """A vector for each word of `vocabulary` (most frequent first), of length one."""
    from scipy.sparse import coo_matrix, csr_matrix
    from sklearn.utils.extmath import randomized_svd

    ids = {word: number for number, word in enumerate(vocabulary)}
    nowhere = len(vocabulary)
    columns = CONTEXTS * len(_POSITIONS)
    matrix = csr_matrix((nowhere, columns), dtype=np.float32)
    buffer: list[int] = []

    def counted(chunk: list[int]) -> csr_matrix:
        stream = np.array(chunk, dtype=np.int64)
        total = csr_matrix((nowhere, columns), dtype=np.float32)
        for block, offset in enumerate(_POSITIONS):
            here = stream[2:-2]
            there = stream[2 + offset : len(stream) - 2 + offset]
            kept = (here < nowhere) & (there < CONTEXTS)
            cells = (here[kept], there[kept] + block * CONTEXTS)
            total = total + coo_matrix((np.ones(int(kept.sum()), np.float32), cells), total.shape).tocsr()
        return total

    for line in lines:
        buffer.extend(ids.get(word, nowhere) for word in line)
        buffer.extend((nowhere, nowhere))
        if len(buffer) > _CHUNK:
            matrix = matrix + counted(buffer)
            buffer = []
    matrix = (matrix + counted([*buffer, nowhere, nowhere, nowhere, nowhere])).tocoo()
    rows = np.asarray(matrix.sum(axis=1)).ravel() + 1
    weights = np.asarray(matrix.sum(axis=0)).ravel() ** 0.75
    values = np.log(matrix.data * weights.sum() / (rows[matrix.row] * weights[matrix.col]))
    kept = values > 0
    information = csr_matrix((values[kept], (matrix.row[kept], matrix.col[kept])), matrix.shape)
    left, singular, _ = randomized_svd(information, DIMENSIONS, n_iter=4, random_state=SEED)
    vectors = left * np.sqrt(singular)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)


def word_classes(vectors: NDArray[np.float32]) -> NDArray[np.int16]:
    """For each vector, its class at each of `SIZES`, coarse to fine; the coarse ones are unions of the fine ones."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from sklearn.cluster import MiniBatchKMeans

    finest = MiniBatchKMeans(SIZES[-1], random_state=SEED, n_init=2, batch_size=8192, max_iter=60).fit(vectors)
    tree = linkage(finest.cluster_centers_, "ward")
    numbers = finest.labels_
    columns = [fcluster(tree, size, "maxclust")[numbers] - 1 for size in SIZES[:-1]]
    return np.stack([*columns, numbers], axis=1).astype(np.int16)
