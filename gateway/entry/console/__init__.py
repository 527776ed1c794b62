"""The console: what the province's officers see of the hub, and decide about it, in a browser."""
