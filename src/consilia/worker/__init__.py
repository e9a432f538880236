"""The worker: the process that runs the tasks which web requests leave behind."""
