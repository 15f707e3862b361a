"""The store: where commitments are kept, and the promise that nothing is lost."""
