"""Checks that help annotators: what looks like a slip is asked about, never silently changed (docs/review.md).

`article` is what a check sees, `spans` and `articles` hold the checks, `checks` the table of them, `problems` what
annotators reported and the cleaning rules it points to.
"""
