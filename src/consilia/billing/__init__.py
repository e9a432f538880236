"""Billing: prices, offers, vouchers and what has been paid."""
