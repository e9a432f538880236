"""DIMSE: a hospital's archive sends straight into the quarantine of one case, by the AE title of its upload link."""
