"""Encryption: keys, proofs of who wrote a file, and the way in and out of an encrypted store."""
