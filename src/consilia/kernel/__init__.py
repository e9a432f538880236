"""Kernel: the few words every room shares; pure, no database, no clock, no settings."""
