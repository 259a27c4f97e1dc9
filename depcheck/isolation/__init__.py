"""Where container walls must stand: the fewest containers, the reasons, and their strength."""
