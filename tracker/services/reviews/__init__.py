"""Looking back over a week or a month, alone or together."""
