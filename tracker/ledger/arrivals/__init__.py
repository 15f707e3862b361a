"""What came from elsewhere, found and asked about before it is obeyed."""
