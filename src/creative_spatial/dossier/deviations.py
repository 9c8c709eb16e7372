"""What `verify` has to say of a file that is not as the record says."""

from __future__ import annotations

from typing import Literal, NamedTuple

State = Literal["changed", "missing", "extra", "unchecked"]


class Deviation(NamedTuple):
    """
    A file that is not as the record says.

    Parameters
    ----------
    state : {"changed", "missing", "extra", "unchecked"}
        "extra": the record does not know it; "unchecked": it never was a file of the city's.
    file : str
        Path in the results folder or, for inputs, in the city's folder.
    of : {"results", "inputs"}
        Which of the two.
    message : str
        What was found and expected.
    fault : bool
        Whether it makes the check fail: files of others beside results do not.
    """

    state: State
    file: str
    of: Literal["results", "inputs"]
    message: str
    fault: bool = True


def changed(
    name: str, now: str | None, known: str, *, of: Literal["results", "inputs"] = "results"
) -> Deviation:
    """
    Word that a file has other bytes.

    Parameters
    ----------
    name : str
        Its path.
    now : str or None
        Its hash; None of what cannot be read as a file.
    known : str
        What the record says.
    of : {"results", "inputs"}
        Where it is.

    Returns
    -------
    Deviation
        A fault.
    """
    found = "it cannot be read" if now is None else f"it hashes to {now}, not to {known}"
    return Deviation("changed", name, of, found)
