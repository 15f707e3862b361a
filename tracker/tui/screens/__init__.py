"""One file a screen: layout and wiring."""
