"""Customers and plain records: their rules, and the objects that read or write them."""

import re

from .business import BusinessObject
from .catalogue import ObjectInfo
from .company import Company
from .dictionary import Column, Record, Table
from .editing import EXISTING, NEW
from .errors import RefusedError
from .lines import Lines
from .reading import ReadingObject
from .session import Session
from .tables_ar import AR_CUSTOMER, AR_SALESPERSON
from .tables_so import SO_SALES_ORDER_HEADER
from .tables_sy import SY_ZIP_CODE

_CUSTOMER_NUMBER = re.compile(r"[0-9A-Z-]{1,20}", re.ASCII)
_REQUIRED = {
    "AR_Customer": ("CustomerName", "SalespersonDivisionNo", "SalespersonNo", "TermsCode"),
    "AR_CustomerContact": ("ContactName",),
    "CI_Item": ("ItemCodeDesc",),
}


def new_record_object(info: ObjectInfo, session: Session) -> ReadingObject:
    """Return a new object of any kind but the sales order."""
    if info.kind in ("customer", "record"):
        return BusinessObject(info, session, RecordEditor(info, session.company()))
    found = ReadingObject(info, session)
    table = info.lines
    if table is not None:
        found.lines = Lines(found, table, listed=lambda: _lines(found, table))
    return found


def _lines(found: ReadingObject, table: Table) -> list[Record]:
    record = found.browser.record
    if record is None:
        return []
    key = lines_prefix(found.info.table, record)
    return [line for _, line in found.company.store.scan(table, begin=key, end=key)]


def lines_prefix(table: Table, record: Record) -> str:
    """Return how the keys of a record's lines begin: all parts of its own key, padded."""
    return "".join(record[name].ljust(table.columns[name].length) for name in table.key)


class RecordEditor:
    """The customer or plain record that is open.

    Args:
        info: Which object.
        company: Whose records.
    """

    def __init__(self, info: ObjectInfo, company: Company) -> None:
        self.record: Record | None = None
        self._info = info
        self._table = info.table
        self._company = company
        self._is_new = False

    def open(self, key: str) -> int:
        """Open a record, or begin one.

        Raises:
            RefusedError: The key is no key of this file.
        """
        found = self._company.store.get(self._table, key)
        self._is_new = found is None
        self.record = found if found is not None else self._begun(key)
        return NEW if self._is_new else EXISTING

    def change(self, column: Column, value: str) -> str:
        """Set a column.

        Raises:
            RefusedError: The value is not on file, or a required one is blank.
        """
        record = self._opened()
        name = column.name
        self._company.check_on_file(self._owner, name, value)
        if name == "SalespersonNo":
            self._check_salesperson(record.get("SalespersonDivisionNo", ""), value)
        if not value and name in self._required:
            raise RefusedError(f"{self._owner} column {name}$ is required.")
        record[name] = value
        if name == "ZipCode" and value:
            self._fill_place(record, value)
        return ""

    def write(self) -> str:
        """Store the record.

        Returns:
            Nothing: there are no warnings here.

        Raises:
            RefusedError: Something required is missing, or the key was taken meanwhile.
        """
        record = self._opened()
        for name in self._required:
            if not record.get(name):
                raise RefusedError(f"{self._owner} column {name}$ is required.")
        self._company.check_required(self._owner, self._table, record)
        store = self._company.store
        with store.transaction():
            key = self._table.key_of(record)
            if self._is_new and store.get(self._table, key) is not None:
                raise RefusedError(f"The record {key} already exists.")
            self._company.stamp(record)
            store.put(self._table, record)
        self.record = None
        return ""

    def delete(self, key: str) -> None:
        """Remove a record.

        Raises:
            RefusedError: There is none, or the customer has open orders.
        """
        store = self._company.store
        if store.get(self._table, key) is None:
            raise RefusedError(f"The record {key} is not on file.")
        if self._table is AR_CUSTOMER:
            padded = key.ljust(sum(AR_CUSTOMER.columns[name].length for name in AR_CUSTOMER.key))
            if store.scan(SO_SALES_ORDER_HEADER, index="KCUSTOMER", begin=padded, end=padded):
                raise RefusedError(f"Customer {key} has open orders and cannot be deleted.")
        store.delete(self._table, key)

    def abandon(self) -> None:
        """Forget the open record."""
        self.record = None

    @property
    def _owner(self) -> str:
        return self._info.name.replace("_bus", "_Bus")

    @property
    def _required(self) -> tuple[str, ...]:
        return _REQUIRED.get(self._table.name, ())

    def _opened(self) -> Record:
        if self.record is None:
            raise RefusedError("The key has not been set.")
        return self.record

    def _begun(self, key: str) -> Record:
        record = self._table.blank() | self._split(key)
        if self._table is AR_CUSTOMER:
            self._company.check_on_file(self._owner, "ARDivisionNo", record["ARDivisionNo"])
            if _CUSTOMER_NUMBER.fullmatch(record["CustomerNo"]) is None:
                where = f"{self._owner} column CustomerNo$"
                raise RefusedError(f"{where} must be upper-case letters and digits.")
        return record

    def _split(self, key: str) -> Record:
        parts: Record = {}
        for name in self._table.key[:-1]:
            length = self._table.columns[name].length
            parts[name], key = key[:length].rstrip(), key[length:]
        last = self._table.columns[self._table.key[-1]]
        if not key or len(key) > last.length:
            where = f"{self._owner} column {last.com_name}"
            raise RefusedError(f"{where} is blank or greater than {last.length} character(s).")
        return parts | {last.name: key}

    def _check_salesperson(self, division: str, number: str) -> None:
        if self._company.find(AR_SALESPERSON, division, number) is None:
            where = f"{self._owner} column SalespersonNo$"
            raise RefusedError(f"{where}: {number} is not on file (AR_Salesperson).")

    def _fill_place(self, record: Record, code: str) -> None:
        place = self._company.find(SY_ZIP_CODE, code) or {}
        pairs = (("City", "City"), ("State", "StateCode"), ("CountryCode", "CountryCode"))
        for ours, theirs in pairs:
            record[ours] = record.get(ours) or place.get(theirs, "")
