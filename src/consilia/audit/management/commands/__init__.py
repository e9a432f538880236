"""Commands of Django that the audit trail has to answer for."""
