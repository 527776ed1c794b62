"""The command line `lienthong`. What is heavy is imported inside the command that uses it, so help and completion are quick."""
