"""How an order was paid: its payment method, and its V3 transactions."""

from decimal import Decimal

from sandbox.bigcommerce.arithmetic import OrderMoney
from sandbox.bigcommerce.clock import iso8601
from sandbox.bigcommerce.deals import Deal
from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.money import ZERO, number
from sandbox.bigcommerce.statuses import PAID, payment_status

TEST_GATEWAY = "Test Payment Gateway"
AWAITING_PAYMENT = 7


def payment_method(deal: Deal) -> str:
    """The display name on the order; merchants can edit it at will."""
    if deal.spec.payment_method is not None:
        return deal.spec.payment_method
    return TEST_GATEWAY if deal.spec.test_payment else "Credit Card"


def transactions(deal: Deal, money: OrderMoney, *, order_id: int, placed: float) -> list[Json]:
    """One row per tender: gift certificate and store credit are payments, not discounts.

    An order that nobody has paid for yet has none; an authorised one has an authorization.
    """
    if deal.status_id not in PAID | {AWAITING_PAYMENT} or not payment_status(deal.status_id):
        return []
    spec = deal.spec
    card = money.total_inc_tax - spec.gift_certificate - spec.store_credit
    event = "authorization" if deal.status_id == AWAITING_PAYMENT else "purchase"
    tenders = [
        ("gift_certificate", "giftcertificate", "purchase", spec.gift_certificate),
        ("store_credit", "storecredit", "purchase", spec.store_credit),
        ("credit_card", "testgateway" if spec.test_payment else "authorizenet", event, card),
    ]
    return [
        _transaction(order_id * 10 + n, tender, deal=deal, order_id=order_id, placed=placed)
        for n, tender in enumerate(tenders, start=1)
        if tender[3] > ZERO
    ]


def _transaction(
    row_id: int,
    tender: tuple[str, str, str, Decimal],
    *,
    deal: Deal,
    order_id: int,
    placed: float,
) -> Json:
    method, gateway, event, amount = tender
    row: Json = {
        "id": row_id,
        "order_id": str(order_id),
        "event": event,
        "method": method,
        "amount": number(amount),
        "currency": deal.currency,
        "gateway": gateway,
        "gateway_transaction_id": f"GW{row_id}",
        "payment_method_id": f"{gateway}.card" if method == "credit_card" else gateway,
        "status": "ok",
        "test": deal.spec.test_payment,
        "fraud_review": False,
        "reference_transaction_id": None,
        "date_created": iso8601(placed),
        "gift_certificate": None,
        "store_credit": None,
        "offline": None,
        "custom": None,
    }
    if method == "credit_card":
        row["credit_card"] = {"card_type": "visa", "card_iin": "411111", "card_last4": "1111"}
    if method == "gift_certificate":
        row["gift_certificate"] = _certificate(amount)
    if method == "store_credit":
        row["store_credit"] = {"remaining_balance": 0.0}
    return row


def _certificate(amount: Decimal) -> Json:
    return {
        "code": "GIFT-0001",
        "original_balance": number(amount),
        "starting_balance": number(amount),
        "remaining_balance": 0.0,
        "status": "active",
    }
