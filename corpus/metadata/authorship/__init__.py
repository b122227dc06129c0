"""People and agencies: bylines, signatures, datelines, credits, sign-offs."""
