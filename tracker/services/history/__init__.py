"""The history of operations: shown, undone, settled between devices, and really forgotten."""
