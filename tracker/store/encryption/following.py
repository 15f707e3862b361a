"""Following: this computer takes the encryption back because another one did, once a person has said it was them."""

from __future__ import annotations

from tracker.store.crypto.trust import ANY_OF_OURS, Kind, Trust
from tracker.store.crypto.vault import StoreKey, Vault
from tracker.store.encryption.conversion import Conversion, Converted, Progress, convert_device
from tracker.store.encryption.relocking import set_identity_aside
from tracker.store.encryption.unlocking import opens_marker
from tracker.store.errors import StoreLocked
from tracker.store.identity.memory import WAS_LEAVING, forget_encryption, learn, read_known


class Following(Conversion):
    """A data folder whose store.json says already that the store is plain, or that it is another key's."""

    def follow(self, key: StoreKey, progress: Progress | None = None, *, everyone: bool = False) -> Converted:
        """Make plain files of what this device encrypted, where store.json says already that the store is plain.

        Only a person may decide that it is right. Raise StoreLocked for a key that this computer does not know.
        """
        if not read_known(self.state).holds(key.names):
            raise StoreLocked("This key is not the one that this computer knows the store by. Nothing was changed.")
        with self._locked() as marker:
            if marker.encryption and opens_marker(marker, key):
                raise StoreLocked("This store is encrypted. Unlock it first.")
            learn(self.state, mode=WAS_LEAVING)
            known = read_known(self.state)
            trust = Trust(frozenset((Kind.OLDER,)), known.adopted) if known.proven else ANY_OF_OURS
            vault = Vault(marker.store, key, trust, encrypts=False)
            converted = convert_device(self.folder, self.state, vault, progress, everyone=everyone)
            forget_encryption(self.state)
            if not marker.encryption:
                set_identity_aside(self.data)
            return converted
