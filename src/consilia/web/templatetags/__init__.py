"""Text components for templates: each a tag with strict arguments."""
