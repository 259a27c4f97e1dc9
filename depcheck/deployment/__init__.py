"""The files that build and run the containers, as text, and how they are written."""
