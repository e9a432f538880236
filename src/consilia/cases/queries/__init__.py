"""Reads of a case, one module an audience; every function takes `reader=` and returns frozen shapes of one page."""
