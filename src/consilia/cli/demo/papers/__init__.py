"""Invented papers and images of the demo: made by us at the first start, so that no real record lies in the product."""
