"""Backups, repair, encryption, and deleting everything."""
