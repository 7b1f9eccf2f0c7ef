"""The counter: where a clerk scans, sees and sells."""
