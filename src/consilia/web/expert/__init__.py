"""Web: the expert's table."""
