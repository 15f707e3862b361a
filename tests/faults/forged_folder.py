"""The table of attacks by somebody who can write in the data folder: each refused and told, in shell and app.

Run it by tests/faults/forged_folder.sh. Words behind it choose attacks by a part of their names.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.faults import forged_plain, forged_sealed, forging
from tests.faults.forging import Attack


def main(words: list[str]) -> int:
    """Try every attack that one of the words names, or all; return how many were not refused and told."""
    failed = 0
    with tempfile.TemporaryDirectory(prefix="toward-forged-") as folder:
        root = Path(folder)
        plain, sealed, earlier, keys, secret = forging.make(root)
        before = {True: sealed.entries(), False: plain.entries()}
        for kind, attacks in (("encrypted", forged_sealed.ATTACKS), ("plain", forged_plain.ATTACKS)):
            print(f"\n{kind} store")
            for number, attack in enumerate(attacks, start=1):
                if words and not any(word in attack.__name__ for word in words):
                    continue
                base = sealed if kind == "encrypted" else plain
                home = base.copy(root / f"{kind}-{number}")
                made = Attack(home, earlier, keys, secret, before[base.sealed])
                attack(made)
                failed += bool(made.wrong)
                verdict = "NOT REFUSED" if made.wrong else "refused and told"
                print(f"  {verdict:<17} {(attack.__doc__ or attack.__name__).strip()}", flush=True)
                for each in made.wrong:
                    print(f"      {attack.__name__}: {each}", flush=True)
    print(f"\n{failed} attacks came through." if failed else "\nEvery attack was refused and told, in shell and app.")
    return failed


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 100))
