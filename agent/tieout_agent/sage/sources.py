"""Files that are read by key: the object that reads each, its columns and its key."""

from dataclasses import dataclass
from typing import Final

from tieout_agent.sage import columns, families
from tieout_agent.sage.columns import Table
from tieout_agent.sage.families import Family
from tieout_agent.sage.file_keys import FileKey
from tieout_agent.sage.key_pages import KeyedFile
from tieout_agent.sage.session import Session

INVOICE_KEY: Final = ("InvoiceNo", "HeaderSeqNo")
"""Numbers are used again after a purge, so that a posted invoice is known by both."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file.

    Attributes:
        family: The object that reads it.
        table: Its columns.
        key: The names of its key's columns, in order.
    """

    family: Family
    table: Table
    key: tuple[str, ...]

    @property
    def file_key(self) -> FileKey:
        """The file's key."""
        return FileKey(tuple(self.table[name] for name in self.key))

    def opened(self, session: Session, where: str = "") -> KeyedFile:
        """Make its object, and say which of its columns this installation has.

        Raises:
            ProblemError: 503, Sage does not give out the object.
        """
        made = session.use(self.family)
        present = (one for one in made.present(self.table) if one.name not in self.key)
        return KeyedFile(made, self.file_key, [*self.file_key.columns, *present], where)


ITEMS: Final = Source(families.ITEM, columns.ITEM, ("ItemCode",))
STOCK: Final = Source(
    families.ITEM_WAREHOUSE, columns.ITEM_WAREHOUSE, ("ItemCode", "WarehouseCode")
)
PRICES: Final = Source(
    families.PRICE_CODE,
    columns.PRICE_CODE,
    (
        "PriceCodeRecord",
        "PriceCode",
        "ItemCode",
        "CustomerPriceLevel",
        "ARDivisionNo",
        "CustomerNo",
    ),
)
UNPOSTED: Final = Source(families.UNPOSTED_INVOICE, columns.UNPOSTED_INVOICE, ("InvoiceNo",))
UNPOSTED_PACKAGES: Final = Source(
    families.UNPOSTED_PACKAGE, columns.PACKAGE, ("InvoiceNo", "PackageNo")
)
POSTED: Final = Source(families.INVOICE_HISTORY, columns.POSTED_INVOICE, INVOICE_KEY)
POSTED_PACKAGES: Final = Source(
    families.POSTED_PACKAGE, columns.PACKAGE, (*INVOICE_KEY, "PackageNo")
)
POSTED_LINES: Final = Source(
    families.POSTED_LINE, columns.POSTED_LINE, (*INVOICE_KEY, "DetailSeqNo")
)
OPEN_INVOICES: Final = Source(
    families.OPEN_INVOICE,
    columns.OPEN_INVOICE,
    ("ARDivisionNo", "CustomerNo", "InvoiceNo", "InvoiceType"),
)
