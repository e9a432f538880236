"""Renderings: what stands on paper, made from the sealed document and from nothing else."""
