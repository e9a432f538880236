"""Opinions: drafts, answers, verdicts and sources, the seal that closes them, and what is added afterwards."""
