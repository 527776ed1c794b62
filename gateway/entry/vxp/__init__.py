"""The national SDK's face: the calls of systems that speak to the national axis, over the flows of any other door."""
