"""Judging: what the files of a case are, whose they are and what they say; pure, from readings and content alone."""
