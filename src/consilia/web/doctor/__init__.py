"""Web: pages behind a link that the patient gives."""
