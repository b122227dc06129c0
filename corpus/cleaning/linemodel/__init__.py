"""A learned judge of lines: how likely is each one the article's own text? Plain arrays, no training code."""
