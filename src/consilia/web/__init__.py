"""Web: pages for the public, patients, experts, the desk and treating doctors; it translates and does not think."""
