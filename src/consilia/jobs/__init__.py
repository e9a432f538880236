"""Jobs: work put off until after the commit, done at least once by a worker, under a lease, with a dead letter."""
