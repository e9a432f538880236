"""Review: people who are no engineers read content, comment on it and stand behind it."""
