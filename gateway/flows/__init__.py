"""The verbs: one async function each, over ports and rules."""
