"""What every screen is made of: the guarded screen, the screen of data, and dialogs."""
