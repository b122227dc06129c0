"""From the files to the server: tasks, predictions and annotations, each once."""
