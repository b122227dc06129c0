"""What a page's head claims: JSON-LD, meta elements, links."""
