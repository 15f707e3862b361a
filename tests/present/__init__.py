"""What both faces show is the same, fact by fact."""
