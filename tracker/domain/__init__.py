"""What Toward means by a commitment, a plan, an occasion and a number: pure values and rules, no I/O."""
