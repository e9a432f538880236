"""The authorization matrix: every address, asked by everybody, for every object, and judged by a reviewed table."""
