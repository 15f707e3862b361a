"""Backups: how they are made, kept, thinned out and read again."""
