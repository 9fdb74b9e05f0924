"""The operations of the service, by name, each one whole or not at all."""

from collections.abc import Callable, Mapping
from pathlib import Path

from . import customers, orders
from .columns import NULL_DATE_TIME, text_member
from .desk import Desk, desk
from .documents import Document, Value
from .envelope import Request
from .refusals import MasFaultError

ASSEMBLY_VERSION = "7.20.0.0"
CONTRACT_VERSION = 8

Deed = Callable[[Desk, Document], Value]

_DEEDS: Mapping[str, Deed] = {
    "GetCustomer": customers.get_customer,
    "GetNextCustomerNo": customers.next_customer,
    "CreateCustomer": customers.create_customer,
    "UpdateCustomer": customers.update_customer,
    "DeleteCustomer": customers.delete_customer,
    "GetCustomerContact": customers.get_contact,
    "CreateCustomerContact": customers.create_contact,
    "UpdateCustomerContact": customers.update_contact,
    "DeleteCustomerContact": customers.delete_contact,
    "GetSalesOrder": orders.get,
    "GetSalesOrderTemplate": orders.template,
    "GetNextSalesOrderNo": orders.next_number,
    "PreviewSalesOrder": orders.preview,
    "CreateSalesOrder": orders.create,
    "UpdateSalesOrder": orders.update,
    "DeleteSalesOrder": orders.delete,
    "AddCreditCardToVault": orders.no_cards,
    "PreAuthorizeCreditCard": orders.no_cards,
}


def perform(home: Path, request: Request) -> Value:
    """Carry out one call in its own session, which ends with it.

    Raises:
        MasFaultError: The service refuses.
        UnexpectedError: Something broke inside.
    """
    name, parameters = request.operation.name, request.parameters
    if name == "GetContractInformation":
        return {
            "AssemblyVersion": ASSEMBLY_VERSION,
            "ContractVersion": str(CONTRACT_VERSION),
            "NullDateTime": NULL_DATE_TIME,
        }
    if name == "GetDiagnosticInformation":
        raise MasFaultError("WS_Diagnostics", "Remote diagnostics are not allowed.")
    company = text_member(parameters, "companyCode")
    with desk(home, parameters.get("logon"), company) as opened:
        return _DEEDS[name](opened, parameters)
