"""Annotations made elsewhere, matched to the corpus's documents: one module a format, all pure."""
