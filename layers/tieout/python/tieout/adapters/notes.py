"""What sweepers write down, beside the orders in the ledger's table."""

import json

from tieout.adapters.dynamodb import Table
from tieout.domain.sweeps import Note


class DynamoNotes:
    """Implements the Notes port: one item per note, its content as JSON."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, name: str) -> Note:
        """See the port."""
        item = self._table.get(_key(name))
        return json.loads(item["note"]) if item else {}

    def write(self, name: str, note: Note) -> None:
        """See the port."""
        text = json.dumps(dict(note), ensure_ascii=False, separators=(",", ":"))
        self._table.update(
            _key(name), update="SET #note = :note", condition="", values={"note": text}
        )


def _key(name: str) -> str:
    return f"note#{name}"
