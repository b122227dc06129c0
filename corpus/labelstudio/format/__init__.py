"""Label Studio's own form of things: the screen, tasks, result rows, and the way back to anchor texts."""
