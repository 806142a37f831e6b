"""The only place that knows Label Studio."""
