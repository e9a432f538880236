"""Cases: one question of one patient, its life, its consents, and the one place that says who may see it."""
