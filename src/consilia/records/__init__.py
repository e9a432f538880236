"""Records: the documents and studies of one case, each tied to its untouched original and to whose it seems to be."""
