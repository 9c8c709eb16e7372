"""
Hashes of what is not public, under a key that stays in the city's folder.

A plain hash of a small file lets anyone who knows the rest of it try places until the hash
fits. Under a key that they do not have, it tells them nothing; it tells whoever has the key
whether the file is still the same.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import re
import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from creative_spatial.errors import ConfigError
from creative_spatial.provenance import KEY_FILE, sha256_parts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HMAC, PARTS, KEY_ID = KEYED = ("hmac_sha256", "hmac_parts", "key")
WORDS = (
    f"HMAC-SHA256 under the key in {KEY_FILE} of the city's folder: whoever has the key can tell "
    "whether the file changed, and nobody what is in it"
)
_BYTES = 32
_KEY = re.compile(rf"[0-9a-f]{{{2 * _BYTES}}}")
_TEXT = """\
# Key of the hashes that run.json holds of files with records that are not public. Keep it in the city's folder, and out
# of what is given away: who has it can try whether a guess at such a file is right. If it is lost, the next run makes another.
{key}
"""

log = logging.getLogger(__name__)


class Key(NamedTuple):
    """
    A city's key.

    Parameters
    ----------
    id : str
        By which it is known without being told.
    secret : bytes
        The key itself.
    """

    id: str
    secret: bytes

    def __repr__(self) -> str:
        return f"Key({self.id})"


def city_key(folder: Path, *, make: bool = False) -> Key | None:
    """
    Read the key of a city's folder.

    Parameters
    ----------
    folder : Path
        With ``city.toml``.
    make : bool
        Make one where there is none yet; readable for its owner alone.

    Returns
    -------
    Key or None
        None where there is none, or the folder cannot be written to.

    Raises
    ------
    ConfigError
        If the file holds no key.
    """
    path = folder / KEY_FILE
    if make and not os.path.lexists(path):
        _make(path)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        if os.path.lexists(path):
            why = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
            raise ConfigError(f"{KEY_FILE} cannot be read: {why}. {_REMEDY}") from error
        return None
    said = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if len(said) != 1 or not _KEY.fullmatch(said[0]):
        raise ConfigError(f"{KEY_FILE} holds no key of {2 * _BYTES} digits 0 to f. {_REMEDY}")
    secret = bytes.fromhex(said[0])
    return Key(_hmac(secret, b"creative_spatial key")[:16], secret)


_REMEDY = (
    "Take it from a copy of the folder; or remove it, and the next run makes another, with which "
    "earlier results cannot be compared."
)


def _make(path: Path) -> None:
    """Write a new key, unless another run is quicker or the folder cannot be written to."""
    text = _TEXT.format(key=secrets.token_hex(_BYTES)).encode()
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except OSError as error:
        log.info("No key can be kept in %s: %s", path.parent, error)
        return
    with os.fdopen(handle, "wb") as file:
        file.write(text)


def _hmac(secret: bytes, said: bytes) -> str:
    return hmac.new(secret, said, "sha256").hexdigest()


def keyed_file(path: Path, key: Key) -> dict[str, Any]:
    """
    Hash a file or folder under a key, with what it cannot be read without.

    Parameters
    ----------
    path : Path
        An existing file or folder.
    key : Key
        The city's.

    Returns
    -------
    dict
        `hmac_sha256`, `hmac_parts` where there are some, as `sha256_parts` has them, and `key`,
        the id of the key.
    """

    def hashed(file: Path) -> str:
        with file.open("rb") as opened:
            return hashlib.file_digest(
                opened, lambda: hmac.new(key.secret, digestmod="sha256")
            ).hexdigest()

    facts = sha256_parts(path, hashed=hashed)
    parts = {PARTS: facts["parts"]} if "parts" in facts else {}
    return {HMAC: facts["sha256"], **parts, KEY_ID: key.id}


def keyed_text(text: str, key: Key) -> dict[str, Any]:
    """
    Hash a text under a key.

    Parameters
    ----------
    text : str
        E.g. the hash of something that is no file.
    key : Key
        The city's.

    Returns
    -------
    dict
        `hmac_sha256`, and `key`, the id of the key.
    """
    return {HMAC: _hmac(key.secret, text.encode()), KEY_ID: key.id}


def without_keyed(inputs: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """
    Leave out what is known under a key alone, so that the rest says no more of private files.

    Parameters
    ----------
    inputs : mapping of str to mapping
        Facts by input, as ``run.json`` has them.

    Returns
    -------
    dict of str to dict
        What the results follow from as far as everybody may see it.
    """
    return {
        name: {fact: value for fact, value in facts.items() if fact not in KEYED}
        for name, facts in inputs.items()
    }
