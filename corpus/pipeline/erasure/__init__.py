"""Documents taken out for good: sought, withdrawn, and erased wherever they lie."""
