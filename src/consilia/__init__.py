"""Consilia: remote, international medical second opinions, self-hosted."""
