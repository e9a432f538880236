"""Formats: bytes -> values, and the nursery that runs the parsers on strangers' bytes; pure, no Django, no settings."""
