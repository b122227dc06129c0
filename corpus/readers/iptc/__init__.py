"""News items of the newsroom formats ninjs and NITF."""
