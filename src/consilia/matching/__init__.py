"""Matching: who could judge this case, and why."""
