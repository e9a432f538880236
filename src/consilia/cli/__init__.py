"""The commands of Consilia: one file a command, each usable without reading the others."""
