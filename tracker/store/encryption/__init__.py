"""How a whole store is encrypted: opened, converted, made plain again, and a lost lock put back."""
