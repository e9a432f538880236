"""An opinion on pages of experts and of the desk: the fields of its form, their words, and one way to read it."""
