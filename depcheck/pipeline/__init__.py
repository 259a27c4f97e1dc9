"""The jobs, from what was named to a report: combine, compare."""
