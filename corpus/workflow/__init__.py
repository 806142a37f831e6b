"""What the commands do, each one function: the stages put together over a corpus folder."""
