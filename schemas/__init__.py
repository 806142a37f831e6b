"""What everything else agrees on: the label inventory and the columns of every table."""
