"""Clinical: reviewed clinical and legal content as data; pure, read once, never written by the program."""
