"""The verbs of the command line as functions: paths and plain values in, reports out; nothing is printed."""
