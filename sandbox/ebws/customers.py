"""The operations on customers and their contacts."""

from typing import Any

from sandbox.sage100.catalogue import OBJECTS
from sandbox.sage100.com import by_ref_string
from sandbox.sage100.dictionary import Table

from .columns import (
    column_name,
    given,
    read_members,
    set_members,
    set_other_fields,
    text_member,
)
from .contract import contract
from .desk import Desk, done
from .documents import Document, Value
from .refusals import MasFaultError, absent, taken

CUSTOMER = "AR_Customer_bus"
CONTACT = "AR_CustomerContact_bus"
EXISTING = 1

_TYPES = {CUSTOMER: "Customer", CONTACT: "CustomerContact"}
_FIRST = ("SalespersonDivisionNo", "SalespersonNo")


def next_customer(desk: Desk, _: Document) -> Value:
    """Return the next customer number, which is burnt by it."""
    customers, target = desk.open(CUSTOMER), by_ref_string()
    done(customers, customers.nGetNextCustomerNo(target))
    return target.value


def get_customer(desk: Desk, parameters: Document) -> Value:
    """Return a customer."""
    return _get(desk, CUSTOMER, parameters)


def create_customer(desk: Desk, parameters: Document) -> Value:
    """Store a new customer."""
    return _store(desk, CUSTOMER, parameters.get("customer"), is_new=True)


def update_customer(desk: Desk, parameters: Document) -> Value:
    """Change a customer."""
    return _store(desk, CUSTOMER, parameters.get("customer"), is_new=False)


def delete_customer(desk: Desk, parameters: Document) -> Value:
    """Delete a customer without open orders."""
    return _delete(desk, CUSTOMER, parameters)


def get_contact(desk: Desk, parameters: Document) -> Value:
    """Return a contact of a customer."""
    return _get(desk, CONTACT, parameters)


def create_contact(desk: Desk, parameters: Document) -> Value:
    """Store a new contact of a customer who is on file."""
    return _store(desk, CONTACT, parameters.get("customerContact"), is_new=True)


def update_contact(desk: Desk, parameters: Document) -> Value:
    """Change a contact."""
    return _store(desk, CONTACT, parameters.get("customerContact"), is_new=False)


def delete_contact(desk: Desk, parameters: Document) -> Value:
    """Delete a contact."""
    return _delete(desk, CONTACT, parameters)


def _get(desk: Desk, name: str, parameters: Document) -> Value:
    table = OBJECTS[name].table
    records = desk.open(name)
    _reach(records, table, parameters, is_new=False)
    return read_members(records, table, contract().shapes[_TYPES[name]])


def _store(desk: Desk, name: str, document: Value, *, is_new: bool) -> Value:
    if not isinstance(document, dict):
        raise MasFaultError("WS_Required", f"The {_TYPES[name]} is required.")
    if name == CONTACT:
        _reach(desk.open(CUSTOMER), OBJECTS[CUSTOMER].table, document, is_new=False)
    table, owner = OBJECTS[name].table, name.replace("_bus", "_Bus")
    records = desk.open(name)
    _reach(records, table, document, is_new=is_new)
    values = given(document, contract().shapes[_TYPES[name]], first=_FIRST, skip=table.key)
    set_members(records, owner, table, values=values)
    set_other_fields(records, owner, table, fields=document.get("OtherFields"))
    done(records, records.nWrite())
    return None


def _delete(desk: Desk, name: str, parameters: Document) -> Value:
    table = OBJECTS[name].table
    records = desk.open(name)
    key = _reach(records, table, parameters, is_new=False)
    records.nClear()
    done(records, records.nDelete(key))
    return None


def _reach(records: Any, table: Table, document: Document, *, is_new: bool) -> str:
    """Open the record that a document or the parameters name; return its key."""
    parts = [_part(document, name) for name in table.key]
    key, shown = table.join(parts), "-".join(parts)
    if not all(parts):
        raise absent(f"{table.name} {shown}")
    exists = done(records, records.nSetKey(key)) == EXISTING
    if exists and is_new:
        raise taken(f"{table.name} {shown}")
    if not exists and not is_new:
        raise absent(f"{table.name} {shown}")
    return key


def _part(document: Document, name: str) -> str:
    """Return a part of the key; parameters write its name in camel case."""
    camel = {"ARDivisionNo": "arDivisionNo", "CustomerNo": "customerNo"}
    other = camel.get(name, name[0].lower() + name[1:])
    return text_member(document, column_name(name)) or text_member(document, other)
