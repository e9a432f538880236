"""Laboratory and home values as patient, expert and desk read them: one page, three doors."""
