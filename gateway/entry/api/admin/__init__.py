"""The calls for operators."""
