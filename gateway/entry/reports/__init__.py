"""Reports that an official hands to a leader: one value, drawn as Excel or as PDF."""
