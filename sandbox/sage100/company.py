"""One company as a session sees it: its files, who works in it, and on which date."""

from dataclasses import dataclass

from .clock import WorkstationClock, stamp_date, stamp_time
from .dictionary import Record, Table
from .errors import RefusedError
from .store import Store
from .tables_ar import AR_DIVISION, AR_PAYMENT_TYPE, AR_TERMS_CODE
from .tables_im import IM_WAREHOUSE
from .tables_so import SO_SHIPPING_RATE_CODE
from .tables_sy import (
    SY_COMPANY,
    SY_COUNTRY,
    SY_SYSTEM,
    SY_TAX_SCHEDULE,
    SY_USER,
    SY_USER_DEFINED_FIELD,
    SY_ZIP_CODE,
)

SYSTEM_TABLES = (SY_COMPANY, SY_COUNTRY, SY_SYSTEM, SY_USER, SY_USER_DEFINED_FIELD, SY_ZIP_CODE)

REFERENCES = {
    "ARDivisionNo": AR_DIVISION,
    "BillToCountryCode": SY_COUNTRY,
    "BillToZipCode": SY_ZIP_CODE,
    "CountryCode": SY_COUNTRY,
    "DefaultPaymentType": AR_PAYMENT_TYPE,
    "DefaultWarehouseCode": IM_WAREHOUSE,
    "PaymentType": AR_PAYMENT_TYPE,
    "ShipMethod": SO_SHIPPING_RATE_CODE,
    "ShipToCountryCode": SY_COUNTRY,
    "ShipToZipCode": SY_ZIP_CODE,
    "ShipVia": SO_SHIPPING_RATE_CODE,
    "TaxSchedule": SY_TAX_SCHEDULE,
    "TermsCode": AR_TERMS_CODE,
    "WarehouseCode": IM_WAREHOUSE,
    "ZipCode": SY_ZIP_CODE,
}
"""Columns whose value must be on file elsewhere."""

NEVER_BLANK = ("ARDivisionNo", "TaxSchedule", "TermsCode", "WarehouseCode")


@dataclass(frozen=True)
class Company:
    """The files of one company, and the user and date that stamp what is written.

    Attributes:
        code: Three characters.
        store: The company's own files.
        system: The files that all companies share.
        clock: Where date and time of a change come from.
        user: Key of the user, ten characters.
        date: Accounting date of the session, `YYYYMMDD`.
    """

    code: str
    store: Store
    system: Store
    clock: WorkstationClock
    user: str
    date: str

    def store_of(self, table: Table) -> Store:
        """Return the files that hold this table."""
        return self.system if table in SYSTEM_TABLES else self.store

    def find(self, table: Table, *parts: str) -> Record | None:
        """Return the record with this key, given part by part, or None."""
        return self.store_of(table).get(table, table.join(list(parts)))

    def check_on_file(self, owner: str, column: str, value: str) -> None:
        """Make sure that a code is on file where the column points to.

        Raises:
            RefusedError: It is not, or it is blank where a code is needed.
        """
        table = REFERENCES.get(column)
        if table is None or (not value and column not in NEVER_BLANK):
            return
        if self.find(table, value) is None:
            raise RefusedError(f"{owner} column {column}$: {value} is not on file ({table.name}).")

    def check_required(self, owner: str, table: Table, record: Record) -> None:
        """Make sure that every field that the installation demands has a value.

        Raises:
            RefusedError: One has none.
        """
        begin = SY_USER_DEFINED_FIELD.join([table.name]).ljust(
            SY_USER_DEFINED_FIELD.columns["FileName"].length
        )
        for _, field in self.system.scan(SY_USER_DEFINED_FIELD, begin=begin, end=begin):
            name = field["FieldName"]
            if field["Required"] == "Y" and not record.get(name):
                raise RefusedError(f"{owner} column {table.columns[name].com_name} is required.")

    def stamp(self, record: Record) -> None:
        """Fill the audit block: created once, updated always."""
        now = self.clock.now()
        date, time = stamp_date(now), stamp_time(now)
        for verb in ("Updated",) if record.get("DateCreated") else ("Created", "Updated"):
            record[f"Date{verb}"] = date
            record[f"Time{verb}"] = time
            record[f"User{verb}Key"] = self.user
