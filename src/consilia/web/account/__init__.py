"""Pages of one's own account: ways in, second factor, step-up, settings, acting for somebody."""
