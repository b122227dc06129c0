"""Disputes of annotators in a project of their own, and the decisions back."""
