"""What is changed in the files of the directory, by the command line and by the console alike: one module for each thing."""
