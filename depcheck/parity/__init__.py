"""Two inventories compared: differences as findings, the expected ones set apart."""
