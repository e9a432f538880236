"""Vault: the bytes people gave, encrypted under one key per case, served only when they are still the same bytes."""
