"""Which store a folder is, which device this is, and what this computer remembers of both."""
