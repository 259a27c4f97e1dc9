"""Reports in each format: ``Report -> str``, and the exit status of one."""
