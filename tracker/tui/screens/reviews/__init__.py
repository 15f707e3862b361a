"""Looking back, alone and together."""
