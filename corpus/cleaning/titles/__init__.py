"""The headline among a document's lines: evidence as columns, trees, and who writes right below it."""
