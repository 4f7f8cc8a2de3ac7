"""Which records of one partition are done, and what may be committed for it. Pure: no I/O, no locks, no clock.

A bitmap is an int: bit i stands for the offset `position + i`, and `position` is the first offset not known to be done.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

# Kafka's default offset.metadata.max.bytes. The text is ASCII, so that characters are bytes.
MAX_METADATA: Final = 4096

# The largest span of offsets whose bitmap always fits. One character tells the kind; in the other 4,095 base85 puts
# 4 bytes into each 5 characters; 4 of these 3,276 bytes are the checksum.
MAX_SPAN: Final = 26_176

# The letter is the version too: a new way to write a bitmap gets new letters.
_BITMAP: Final = "b"
_RUNS: Final = "r"

_CHECKSUM_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class Position:
    """What is committed: every record below `offset` is done, and so is each one that `metadata` names."""

    offset: int
    metadata: str


def encode_done(done: int) -> str:
    """Write a bitmap as commit metadata: "" for none, else the shorter of the bitmap itself and its run lengths.

    The text is ASCII, at most MAX_METADATA characters. Raises ValueError for a bitmap of more than MAX_SPAN bits.
    """
    if done < 0 or done.bit_length() > MAX_SPAN:
        raise ValueError(f"a bitmap of {done.bit_length()} bits (at most {MAX_SPAN}, not negative)")
    if not done:
        return ""
    bitmap = done.to_bytes((done.bit_length() + 7) // 8, "little")
    # Bits that differ from the one below them: where runs end. No run takes less than a byte.
    edges = done ^ (done << 1)
    if edges.bit_count() < len(bitmap):
        ends = (match.start() for match in re.finditer("1", f"{edges:b}"[::-1]))
        runs = b"".join(_varint(end - start) for start, end in pairwise((0, *ends)))
        if len(runs) < len(bitmap):
            return _sealed(_RUNS, runs)
    return _sealed(_BITMAP, bitmap)


def decode_done(metadata: str) -> int:
    """Read the bitmap that `encode_done` wrote.

    Raises ValueError for text that is not ours or was damaged; it never takes more memory than MAX_SPAN bits are worth.
    The caller logs that and goes on as if nothing were known (0): records may then be handled again, but none is lost.
    """
    if not metadata:
        return 0
    if len(metadata) > MAX_METADATA:
        raise ValueError(f"commit metadata of {len(metadata)} characters (at most {MAX_METADATA})")
    kind, content = metadata[0], _unsealed(metadata)
    if kind == _BITMAP:
        return int.from_bytes(content, "little")
    if kind == _RUNS:
        return _from_runs(content)
    raise ValueError(f"commit metadata of unknown kind {kind!r}")


def covered(offset: int, committed_offset: int | None, done: int) -> bool:
    """Whether a committed position that was read back (None: there is none) includes the record at `offset`."""
    if committed_offset is None:
        return False
    return offset < committed_offset or bool(done >> (offset - committed_offset) & 1)


class Ledger:
    """The records of one partition during one assignment.

    Offsets rise but are not contiguous: transaction markers, aborted transactions and compaction take some. An offset
    that was read past without a record counts as done. Memory is MAX_SPAN bits at most, however wide such a gap is.
    """

    def __init__(self, position: int | None, metadata_done: int = 0) -> None:
        """Start from what is committed: the offset (None: nothing yet) and the bitmap of its metadata."""
        if position is None and metadata_done:
            raise ValueError("a bitmap without the offset that it starts at")
        self._position = position
        self._done = 0
        self._next: int | None = None
        self._passed = 0
        if position is not None:
            self._move(position, metadata_done)

    @property
    def position(self) -> int | None:
        """The offset to commit: the first one not known to be done. None before anything is known."""
        return self._position

    @property
    def span(self) -> int:
        """Offsets from the first unfinished record to the newest one taken; 0 when nothing is unfinished."""
        return max(0, self._next - self._position) if self._next is not None and self._position is not None else 0

    @property
    def unfinished(self) -> int:
        """Records taken and not done."""
        return self.span - (self._done & _ones(self.span)).bit_count()

    def fits(self, offset: int) -> bool:
        """Whether this record can be taken now. If not, take it after `position` has moved on."""
        return self._position is None or not self.span or offset - self._position < MAX_SPAN

    def take(self, offset: int) -> bool:
        """Enter the next record that was read. False when it is done already and must not be started.

        Raises ValueError when `offset` is not above all that was read before, or does not fit.
        """
        if offset < self._passed:
            raise ValueError(f"offset {offset} comes after {self._passed - 1}")
        if not self.fits(offset):
            raise ValueError(f"offset {offset} is too far from the unfinished one at {self._position}")
        self.passed(offset)
        absent = offset - self._next if self._next is not None else 0
        if self.span and absent:
            self._done |= _ones(absent) << self.span
        self._next = self._passed = offset + 1
        return not covered(offset, self._position, self._done)

    def passed(self, offset: int) -> None:
        """Know that everything below `offset` was read: where nothing was taken, there is no record for us."""
        self._passed = max(self._passed, offset)
        self._move(offset if self._position is None else self._position, self._done)

    def with_done(self, offsets: Iterable[int]) -> Position:
        """What may be committed once these records are done too. Changes nothing here.

        Raises ValueError when one of them was not taken, is done already or comes twice, or when nothing was read yet.
        """
        position, done = self._after(offsets)
        return Position(position, encode_done(done))

    def commit(self, offsets: Iterable[int]) -> None:
        """Enter that these records are done and committed. Raises ValueError as `with_done`, changing nothing."""
        self._position, self._done = self._after(offsets)

    def _after(self, offsets: Iterable[int]) -> tuple[int, int]:
        """Position and bitmap once these records are done too."""
        if self._position is None:
            raise ValueError("nothing was read yet")
        # Bit by bit in an int would copy the whole bitmap for each record.
        bits = bytearray(self._done.to_bytes(max(self.span, self._done.bit_length()) // 8 + 1, "little"))
        for offset in offsets:
            at = offset - self._position
            if not 0 <= at < self.span or bits[at >> 3] & 1 << (at & 7):
                raise ValueError(f"offset {offset} is not open")
            bits[at >> 3] |= 1 << (at & 7)
        return self._advanced(self._position, int.from_bytes(bits, "little"))

    def _move(self, position: int, done: int) -> None:
        self._position, self._done = self._advanced(position, done)

    def _advanced(self, position: int, done: int) -> tuple[int, int]:
        """Position and bitmap with the position moved up to the first offset not known to be done."""
        position, done = _without_trailing_ones(position, done)
        if position < self._passed and (self._next is None or position >= self._next):
            # Nothing is unfinished, so that all up to where the partition was read is done.
            return _without_trailing_ones(self._passed, done >> (self._passed - position))
        return position, done


def _ones(count: int) -> int:
    return (1 << count) - 1


def _without_trailing_ones(position: int, done: int) -> tuple[int, int]:
    ones = (~done & (done + 1)).bit_length() - 1
    return position + ones, done >> ones


def _sealed(kind: str, content: bytes) -> str:
    """The text of commit metadata. The checksum keeps other people's text from passing for done records."""
    checksum = zlib.crc32(kind.encode() + content).to_bytes(_CHECKSUM_BYTES, "little")
    return kind + base64.b85encode(checksum + content).decode()


def _unsealed(metadata: str) -> bytes:
    sealed = base64.b85decode(metadata[1:])
    checksum, content = sealed[:_CHECKSUM_BYTES], sealed[_CHECKSUM_BYTES:]
    if zlib.crc32(metadata[0].encode() + content).to_bytes(_CHECKSUM_BYTES, "little") != checksum:
        raise ValueError("commit metadata that is not ours or was damaged: its checksum is wrong")
    return content


def _from_runs(content: bytes) -> int:
    """The bitmap of alternating run lengths: undone, done, undone, done and so on, from bit 0 upwards."""
    done = at = 0
    runs = _varints(content)
    for undone, finished in zip(runs, runs, strict=True):
        at += undone
        if at + finished > MAX_SPAN:
            raise ValueError(f"commit metadata names more than {MAX_SPAN} offsets")
        done |= _ones(finished) << at
        at += finished
    return done


def _varint(number: int) -> bytes:
    """LEB128: 7 bits a byte, the lowest first; the top bit says that another byte follows."""
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)


def _varints(content: bytes) -> Iterator[int]:
    number = shift = 0
    for byte in content:
        number |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            yield number
            number = shift = 0
    if shift:
        raise ValueError("commit metadata ends inside a number")
