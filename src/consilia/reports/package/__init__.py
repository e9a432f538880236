"""The package that a patient takes with her: papers, pictures, opinions, FHIR, one page to read it, and its hashes."""
