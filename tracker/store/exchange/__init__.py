"""Exchange with other devices, by git or by a folder, and what came with it."""
