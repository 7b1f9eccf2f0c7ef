"""Whether the books balance: looked at every night and when somebody asks, and kept for all."""
