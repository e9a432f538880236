"""Intake: uploads in quarantine, their sorting into records, and links through which others send."""
