"""What every open screen is told, as it happens."""
