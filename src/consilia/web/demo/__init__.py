"""Pages of the demo: they exist in demo mode only."""
