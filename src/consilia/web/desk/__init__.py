"""Web: the worklist and the case for coordinators, editors and administrators."""
