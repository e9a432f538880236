"""Reports: what people hold in their hands, made from the seal and from nothing else, and the links they give away."""
