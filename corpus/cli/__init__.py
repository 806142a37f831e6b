"""The command `mudawwana`: parse, call one function, print a summary."""
