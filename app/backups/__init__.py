"""Copies of the shop that are known to be sound: made each hour and on demand, and restored."""
