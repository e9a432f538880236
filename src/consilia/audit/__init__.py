"""Audit: who did what to which case, and when; written once, in the same transaction as the effect, never changed."""
