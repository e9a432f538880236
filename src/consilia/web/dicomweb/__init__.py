"""DICOMweb (PS3.18): studies, headers and frames of one case, for viewers of the people who may read its records."""
