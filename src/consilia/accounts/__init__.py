"""Accounts: people, their roles, the patients they are or act for, and how sure we are who is there."""
