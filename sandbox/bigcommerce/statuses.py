"""The fifteen order statuses: fixed ids, names, and what they say about payment."""

from sandbox.bigcommerce.model import Json

# BigCommerce docs: order statuses. (name, place in the control panel's list)
STATUSES: dict[int, tuple[str, int]] = {
    0: ("Incomplete", 0),
    1: ("Pending", 1),
    2: ("Shipped", 8),
    3: ("Partially Shipped", 6),
    4: ("Refunded", 11),
    5: ("Cancelled", 9),
    6: ("Declined", 10),
    7: ("Awaiting Payment", 2),
    8: ("Awaiting Pickup", 5),
    9: ("Awaiting Shipment", 4),
    10: ("Completed", 7),
    11: ("Awaiting Fulfillment", 3),
    12: ("Manual Verification Required", 13),
    13: ("Disputed", 12),
    14: ("Partially Refunded", 14),
}
PAID = frozenset({2, 3, 8, 9, 10, 11})
INCOMPLETE, SHIPPED, PARTIALLY_SHIPPED, REFUNDED, PARTIALLY_REFUNDED = 0, 2, 3, 4, 14
CANCELLED, COMPLETED = 5, 10

_PAYMENT = {
    0: "",
    1: "pending",
    4: "refunded",
    5: "void",
    6: "declined",
    7: "authorized",
    12: "held for review",
    14: "partially refunded",
}


def payment_status(status_id: int) -> str:
    """The payment status that usually goes with an order status; paid ones are captured."""
    return _PAYMENT.get(status_id, "captured")


def status_fields(status_id: int) -> Json:
    """The status part of an order's header."""
    name = STATUSES[status_id][0]
    return {
        "status_id": status_id,
        "status": name,
        "custom_status": name,
        "payment_status": payment_status(status_id),
    }


def status_documents() -> list[Json]:
    """The body of `/v2/order_statuses`."""
    return [
        {
            "id": number,
            "name": name,
            "system_label": name,
            "custom_label": name,
            "system_description": f"The order is: {name.lower()}.",
            "order": order,
        }
        for number, (name, order) in STATUSES.items()
    ]
