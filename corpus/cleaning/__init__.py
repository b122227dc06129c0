"""The columnar kernel: anchor texts to blocks with role, reason and rule."""
