"""Count sessions: several people count one shelf together, while the shop goes on selling."""
