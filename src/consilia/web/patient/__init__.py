"""Web: pages of the patient and her proxy."""
