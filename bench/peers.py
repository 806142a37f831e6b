"""Words a second of the entity annotator and its peers, on one core in one run: `python -m bench.peers --shared DIR`.

Peers: python-crfsuite with the same features at the same offsets; a convolutional network of spaCy's size; a token
classifier of BERT-base's size, fp32 and int8, at the best of several batch sizes. The networks have random weights:
only their shape costs time. They need torch (`make bench-peers` runs this where `make test-transformers` has it); a
library that is missing is said and skipped.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from annotation.preannotate.combine import EmbeddedEntityAnnotator
from annotation.preannotate.embedded import EmbeddedModel, load
from annotation.preannotate.features import OFFSETS
from annotation.preannotate.forms import Forms
from annotation.preannotate.protocol import Article
from annotation.preannotate.sequence import Mention, SequenceTagger, as_batch, mentions
from annotation.preannotate.training import corpora
from bench.models import article_of
from bench.pages import write_block
from corpus.segment.tokens import tokens_of
from corpus.span import Entity, Sentence

_ARTICLES = 1500
_PEER_SENTENCES = 400
_WORDS = 25  # a sentence
_PIECES = 1.6  # word pieces a word, as an Arabic BERT's tokeniser makes them
_BATCHES = (1, 8, 32)
_TOGETHER = 64  # articles tagged together, as the annotator does


def in_sentences(article: Article) -> Article:
    """The article in sentences of a usual length, its tokens not yet found."""
    heads, tails = article.tokens[::_WORDS], [*article.tokens[_WORDS - 1 :: _WORDS], article.tokens[-1]]
    sentences = tuple(Sentence(start, end) for (start, _), (_, end) in zip(heads, tails, strict=False))
    return replace(article, sentences=sentences, tokens=())


def rate(action: Callable[[], object], words: int) -> float:
    """Words a second of processor time."""
    started = time.process_time()
    action()
    return words / (time.process_time() - started)


def tag(tagger: SequenceTagger, forms: Forms, articles: Sequence[Article]) -> list[list[Mention]]:
    """What a token classifier does: the names in sentences, from the text on."""
    found = []
    for few in _together(articles):
        readings = [forms.read(article) for article in few]
        cut = [[each.numbers[first:last] for _, first, last in each.sentences()] for each in readings]
        batch = as_batch([sentence for sentences in cut for sentence in sentences])
        judged = tagger.judge(*batch, [number for number, sentences in enumerate(cut) for _ in sentences])
        found += mentions(tagger.labels, judged)
    return found


def annotate(annotator: EmbeddedEntityAnnotator, articles: Sequence[Article]) -> list[list[Entity]]:
    """Everything that pre-annotation does, from the text on."""
    return [found for few in _together(articles) for found in annotator.entities(few)]


def _together(articles: Sequence[Article]) -> Iterator[list[Article]]:
    """The articles a few at a time, their tokens found anew."""
    for first in range(0, len(articles), _TOGETHER):
        few = articles[first : first + _TOGETHER]
        tokens = tokens_of([article.text for article in few])
        yield [replace(article, tokens=its) for article, its in zip(few, tokens, strict=True)]


def crfsuite_rate(model: EmbeddedModel, sentences: Sequence[Sequence[str]], words: int) -> float:
    """python-crfsuite with the features of the packaged model, features included."""
    import pycrfsuite

    extractor = model.extractor()

    def items(sentence: Sequence[str]) -> list[list[str]]:
        features = [extractor.features(word) for word in sentence]
        return [
            [
                f"{offset}|{feature}"
                for offset in OFFSETS
                if 0 <= at + offset < len(sentence)
                for feature in features[at + offset]
            ]
            for at in range(len(sentence))
        ]

    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params({"max_iterations": 2})
    labels = model.weights.labels
    for number, sentence in enumerate(sentences[:100]):
        trainer.append(items(sentence), [labels[(number + at) % len(labels)] for at in range(len(sentence))])
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "peer.crfsuite")
        trainer.train(path)
        tagger = pycrfsuite.Tagger()
        tagger.open(path)
        return rate(lambda: [tagger.tag(items(sentence)) for sentence in sentences], words)


def convolutional(torch: Any) -> Any:
    """Four hashed embeddings of 96 dimensions and four residual layers of width 96 and window 3, as spaCy's tok2vec."""
    nn = torch.nn

    class Network(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.embedded = nn.ModuleList([nn.Embedding(rows, 96) for rows in (5000, 1000, 2500, 2500)])
            self.mixed = nn.Linear(4 * 96, 96)
            self.layers = nn.ModuleList([nn.Conv1d(96, 3 * 96, 3, padding=1) for _ in range(4)])
            self.out = nn.Linear(96, 25)

        def forward(self, numbers: Any) -> Any:
            found = self.mixed(torch.cat([each(numbers % each.num_embeddings) for each in self.embedded], -1))
            found = found.transpose(1, 2)
            for layer in self.layers:
                wide = layer(found).unflatten(1, (3, 96))
                found = found + wide.amax(1)
            return self.out(found.transpose(1, 2))

    return Network().eval()


def bert() -> Any:
    """A token classifier of BERT-base's shape with 25 labels."""
    from transformers import BertConfig, BertForTokenClassification

    return BertForTokenClassification(BertConfig(vocab_size=64_000, num_labels=25)).eval()


def network_rate(torch: Any, network: Any, length: int, batches: Sequence[int], units: float) -> tuple[float, int]:
    """The best rate over batch sizes, in words a second, for sentences of `length` units, `units` of them a word."""
    found = []
    with torch.inference_mode():
        for batch in batches:
            numbers = torch.randint(0, 5000, (batch, length))
            network(numbers)
            found.append((rate(lambda given=numbers: network(given), round(batch * length / units)), batch))
    return max(found)


def main() -> None:
    """Measure and print; put the table into docs/benchmarks.md where no peer is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/")
    folder = parser.parse_args().shared / "data"
    if not folder.is_dir():
        parser.error(f"{folder} is missing: the evaluation data does not come with the project")
    model = load()
    lines = [line.strip() for line, _ in zip(corpora.raw_lines(folder), range(_ARTICLES), strict=False)]
    articles = [in_sentences(article_of(line.split(" "))) for line in lines]
    texts = [article.text for article in articles]
    tokens = [[text[start:end] for start, end in its] for text, its in zip(texts, tokens_of(texts), strict=True)]
    words = sum(map(len, tokens))
    sentences = [each[first : first + _WORDS] for each in tokens for first in range(0, len(each), _WORDS)]
    rows: list[tuple[str, float]] = []
    forms = Forms()
    tagger = model.tagger(forms)
    rows.append(("tokens and sequence model", rate(lambda: tag(tagger, forms, articles), words)))
    rows.append(("the same again, its word forms known", rate(lambda: tag(tagger, forms, articles), words)))
    annotator = EmbeddedEntityAnnotator(model)
    rows.append(("the whole annotator: rules, dates, money too", rate(lambda: annotate(annotator, articles), words)))
    rows.append(("the same again, its word forms known", rate(lambda: annotate(annotator, articles), words)))
    few = sentences[:: max(1, len(sentences) // _PEER_SENTENCES)]
    counted = sum(map(len, few))
    complete = True
    try:
        rows.append(("python-crfsuite, same features", crfsuite_rate(model, few, counted)))
    except ImportError as error:
        print(f"{error.name} is missing: python-crfsuite is not measured")
        complete = False
    try:
        import torch
        import transformers  # noqa: F401
    except ImportError as error:
        print(f"{error.name} is missing: the networks are not measured")
        complete = False
    else:
        torch.set_num_threads(1)
        torch.manual_seed(0)
        best, batch = network_rate(torch, convolutional(torch), 32, (8, 64, 256), 1.0)
        rows.append((f"convolutional network of spaCy's size, batch {batch}", best))
        network = bert()
        best, batch = network_rate(torch, network, 64, _BATCHES, _PIECES)
        rows.append((f"BERT-base's size, fp32, batch {batch}", best))
        small = torch.ao.quantization.quantize_dynamic(network, {torch.nn.Linear}, dtype=torch.qint8)
        best, batch = network_rate(torch, small, 64, _BATCHES, _PIECES)
        rows.append((f"BERT-base's size, int8, batch {batch}", best))
    tagging, annotating = rows[0][1], rows[2][1]
    lines = ["| | words/s of one core | tokens and model: times as fast | the annotator |", "|---|---|---|---|"]
    for name, figure in rows:
        lines.append(f"| {name} | {figure:,.0f} | {tagging / figure:,.1f} | {annotating / figure:,.1f} |")
    table = "\n".join([f"{words:,} words of news:", "", *lines])
    print(table)
    if complete:
        write_block("peers", table)


if __name__ == "__main__":
    main()
