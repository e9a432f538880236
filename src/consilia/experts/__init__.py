"""Experts: who may judge, by which licence, in which languages, and how much at a time."""
