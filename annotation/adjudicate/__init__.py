"""One answer out of several annotators' (docs/agreement.md): by a stated rule where it decides, else a list of what is
still open.

`rules` decide single questions, `entities`, `topics` and `sentences` turn work into questions and answers into
documents, `settle` does so for a corpus, `gold` writes what is settled as gold layers.
"""
