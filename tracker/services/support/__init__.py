"""What is near when something is hard: your own line, people to call, cards to talk by."""
