"""The annotation side of mudawwana: pre-annotation, people's corrections, gold."""
