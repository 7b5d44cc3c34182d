"""The numbers that a whole text states, for its digest: the fast way to what `dedupe.facts.number_list` says."""

from __future__ import annotations

from dedupe.kernels.twins import face
from dedupe.kernels.view import CodePoints


def joined_numbers(codes: CodePoints) -> bytes | None:
    """
    The numbers of a text, joined by ``|``; None where it takes the reference, `dedupe.facts.number_list`.

    That is so without compiled kernels, and where digits of another script stand in the text.
    """
    compiled = face.twins(len(codes))
    found: bytes | None = None if compiled is None else compiled.joined_numbers(codes)
    return found
