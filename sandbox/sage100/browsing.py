"""Finding and walking through the records of one file, in the order of one of its indexes."""

from collections.abc import Iterator

from .dictionary import Record, Table
from .errors import RefusedError
from .store import LAST_KEY, Sorted, Store


class Browser:
    """A place in a file.

    Args:
        table: The file.
        store: Where it is.
        scattered: Index in whose order it is walked while neither index nor filter is set; nothing
            is the key's own order.
    """

    def __init__(self, table: Table, store: Store, *, scattered: str = "") -> None:
        self.record: Record | None = None
        self.at_end = True
        self.index = ""
        self._table = table
        self._store = store
        self._scattered = scattered
        self._walked = ""
        self._filter = ""
        self._sort = ""
        self._passed = False

    def leave(self) -> None:
        """Stand nowhere."""
        self.record, self.at_end, self._sort, self._passed = None, True, "", False

    def find(self, key: str, *, exactly: bool = False) -> bool:
        """Go to the first record at `key` or later in the index.

        Args:
            key: A full key, or the beginning of one.
            exactly: Only a record with this very key will do; otherwise stand nowhere.

        Returns:
            Whether the key there begins with `key` (or is it, when `exactly`).
        """
        if exactly:
            self._walked = ""
            self._stand(self._exact(key))
            return self.record is not None
        self._walked = self.index
        found = self._store.seek(self._table, index=self.index, begin=key)
        self._stand(found)
        return found is not None and bool(key) and found[0].startswith(key)

    def use_index(self, name: str) -> None:
        """Walk in another order from now on; the file's own name means the key.

        Raises:
            RefusedError: The file has no such index.
        """
        primary = name in ("", "KPRIMARY")
        if not primary and name not in self._table.indexes:
            raise RefusedError(f"{name} is not an index of {self._table.name}.")
        self.index, self._filter = "" if primary else name, ""
        self.leave()

    def limit_to(self, beginning: str) -> None:
        """Walk only through keys that begin so; nothing means all."""
        self._filter = beginning
        self.leave()

    def first(self) -> bool:
        """Go to the first record; tell whether there is one."""
        self._walked = self.index or ("" if self._filter else self._scattered)
        self._stand(self._store.seek(self._table, index=self._walked, begin=self._filter))
        return self.record is not None

    def next(self) -> bool:
        """Go to the next record; tell whether there is one."""
        if self._passed:
            return False
        if not self._sort:
            return self.first()
        self._stand(self._store.seek(self._table, index=self._walked, begin=self._sort, after=True))
        self._passed = self.at_end
        return self.record is not None

    def range(self, begin: str, end: str) -> Iterator[Record]:
        """Yield the records between two keys of the index, within the browse filter."""
        found = self._store.walk(self._table, index=self.index, begin=begin, end=end or LAST_KEY)
        return (record for sort, record in found if sort.startswith(self._filter))

    def _exact(self, key: str) -> Sorted | None:
        record = self._store.get(self._table, key)
        return (key, record) if record is not None else None

    def _stand(self, found: Sorted | None) -> None:
        if found is None or not found[0].startswith(self._filter):
            self.leave()
            return
        self._sort, self.record = found
        self.at_end = False
