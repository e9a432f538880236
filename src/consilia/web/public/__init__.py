"""Web: pages that anybody may read."""
