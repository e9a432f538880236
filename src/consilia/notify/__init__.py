"""Notify: messages to people that say whose turn it is and where to look, never anything clinical."""
