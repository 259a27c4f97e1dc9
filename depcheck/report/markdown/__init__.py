"""A digest as Markdown: a job summary, a pull request's comment."""
