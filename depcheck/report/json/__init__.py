"""The reports as JSON, with their schemas."""
