"""The values that flow through depcheck: frozen, without behaviour of their own."""
