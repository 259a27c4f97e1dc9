"""What the files of an image say: Python, packages of the system, libraries, facts."""
