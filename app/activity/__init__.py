"""What happened in the whole shop, and who did it."""
