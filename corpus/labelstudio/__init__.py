"""The bridge to a Label Studio server: config, tasks, predictions, push, pull, a local server."""
