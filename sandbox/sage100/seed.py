"""Fills the files of the simulated installation: two companies, the same every time."""

from decimal import Decimal
from pathlib import Path
from random import Random

from sandbox import seed as shop

from .clock import WorkstationClock
from .company import Company
from .dictionary import Record, Table
from .session import hashed
from .store import SYSTEM, Store, database
from .tables_ar import (
    AR_CUSTOMER,
    AR_DIVISION,
    AR_PAYMENT_TYPE,
    AR_SALESPERSON,
    AR_TERMS_CODE,
)
from .tables_ci import CI_ITEM
from .tables_im import IM_ITEM_WAREHOUSE, IM_PRICE_CODE, IM_WAREHOUSE
from .tables_so import SO_SHIPPING_RATE_CODE
from .tables_sy import (
    SY_COMPANY,
    SY_COUNTRY,
    SY_SYSTEM,
    SY_TAX_SCHEDULE,
    SY_USER,
    SY_ZIP_CODE,
)
from .values import text_of

USER, PASSWORD = "tieout", "tieout"
"""The one user of the simulated installation; made up, of no use anywhere else."""

USER_KEY = "0000000001"
SEED_DATE = "20240102"
COMPANIES = {
    "ABC": ("Summit Outdoor Supply", "USD", "USA"),
    "CAN": ("Summit Outdoor Canada", "CAD", "CAN"),
}
COUNTRY_CODES = {"US": "USA", "CA": "CAN"}
DIVISIONS = {"00": "Web and retail", "01": "Wholesale"}
WAREHOUSES = {"001": "Boulder", "002": "Reno", "003": "Columbus"}
SALESPEOPLE = {"0100": "House account", "0200": "Dana Reyes", "0300": "Sam Walsh"}
TERMS = {"00": "Prepaid", "01": "Net 30", "02": "Net 60"}
PAYMENT_TYPES = {"CHECK": "C", "CASH": "C", "WEB": "O", "PAYPA": "O", "NONE": "O"}
SHIP_VIAS = ("UPS GROUND", "UPS 2DAY", "FEDEX GROUND", "FEDEX 2DAY", "USPS PRIORITY", "PICKUP")
TAX_SCHEDULES = {
    "ABC": {"NONTAX": "0", "CO": "8.845", "WA": "10.25", "CA": "8.625", "UT": "7.25"},
    "CAN": {"NONTAX": "0", "GST": "5", "HST ON": "13", "HST NS": "15", "QC": "14.975"},
}
HOME_SCHEDULES = {
    "CO": "CO",
    "WA": "WA",
    "CA": "CA",
    "UT": "UT",
    "AB": "GST",
    "BC": "GST",
    "SK": "GST",
    "MB": "GST",
    "ON": "HST ON",
    "NS": "HST NS",
    "QC": "QC",
}
"""State or province to its tax schedule; sales to other places are not taxed."""

CHARGES = {
    "/TAX": "Sales tax of the web store",
    "/SHIP": "Shipping",
    "/HANDLING": "Handling",
    "/WRAP": "Gift wrapping",
    "/FEE": "Fee",
    "/DISC": "Discount",
    "/GIFT": "Gift certificate",
}
"""Miscellaneous items (type 5), which take a quantity and a price of either sign."""

PLAIN_CHARGE = "/RUSH"
"""A charge (type 3), which takes an amount only."""

QUANTITY_BREAKS = (("11", "0"), ("49", "5"), ("99999999", "10"))
CREDIT_HOLD_EVERY, INACTIVE_EVERY, WHOLESALE_EVERY, EXEMPT_EVERY = 40, 50, 5, 10


def fill(home: Path, number: int = 1) -> None:
    """Write a fresh installation into a folder; what it held before is gone.

    Args:
        home: The folder, made when it does not exist.
        number: Stock figures follow from it; everything else never changes.
    """
    home.mkdir(parents=True, exist_ok=True)
    system = Store(database(home, SYSTEM), create=True)
    with system.transaction():
        system.clear()
        _fill_system(system)
    for code in COMPANIES:
        store = Store(database(home, code), create=True)
        company = Company(code, store, system, WorkstationClock(), USER_KEY, SEED_DATE)
        with store.transaction():
            store.clear()
            _fill_company(company, Random(f"{number} {code}"))
        store.close()
    system.close()


def _fill_system(system: Store) -> None:
    system.put(
        SY_USER,
        {
            "UserLogon": USER,
            "UserKey": USER_KEY,
            "UserCode": "TIE",
            "Password": hashed(PASSWORD),
            "Active": "Y",
            "EnableWebServicesForUser": "Y",
        },
    )
    system.put(SY_SYSTEM, {"SystemKey": "1", "EnableWebServices": "Y"})
    for code, (name, currency, country) in COMPANIES.items():
        company = {"CompanyCode": code, "CompanyName": name, "CurrencyCode": currency}
        doors = {"AllowExternalAccess": "Y", "EnableWebServices": "Y"}
        system.put(SY_COMPANY, company | doors | {"CountryCode": country})
    for code, name in (("USA", "United States"), ("CAN", "Canada")):
        system.put(SY_COUNTRY, {"CountryCode": code, "CountryName": name})
    for zip_ in shop.zips():
        place = {"ZipCode": zip_.code, "City": zip_.city, "StateCode": zip_.state}
        system.put(SY_ZIP_CODE, place | {"CountryCode": COUNTRY_CODES[zip_.country]})


def _fill_company(company: Company, luck: Random) -> None:
    _fill_codes(company)
    for item in shop.items():
        _put(company, CI_ITEM, _item(item))
        if item.kind not in ("digital", "kit"):
            _fill_stock(company, item.sku, luck)
    for code, description in CHARGES.items():
        _put(company, CI_ITEM, _charge(code, description, "5"))
    _put(company, CI_ITEM, _charge(PLAIN_CHARGE, "Rush charge", "3"))
    _put(company, CI_ITEM, _charge("/C", "Comment", "4"))
    buyers = shop.buyers() if company.code == "ABC" else shop.canadian_buyers()
    for buyer in buyers:
        _put(company, AR_CUSTOMER, customer(buyer))


def _fill_codes(company: Company) -> None:
    store = company.store
    for code, name in DIVISIONS.items():
        store.put(AR_DIVISION, {"ARDivisionNo": code, "ARDivisionDesc": name})
        for number, person in SALESPEOPLE.items():
            key = {"SalespersonDivisionNo": code, "SalespersonNo": number}
            store.put(AR_SALESPERSON, key | {"SalespersonName": person})
    for code, name in WAREHOUSES.items():
        store.put(IM_WAREHOUSE, {"WarehouseCode": code, "WarehouseDesc": name})
    for code, name in TERMS.items():
        store.put(AR_TERMS_CODE, {"TermsCode": code, "TermsCodeDesc": name})
    for code, method in PAYMENT_TYPES.items():
        record = {"PaymentType": code, "PaymentDesc": code.title(), "PaymentMethod": method}
        store.put(AR_PAYMENT_TYPE, record)
    for code in SHIP_VIAS:
        store.put(SO_SHIPPING_RATE_CODE, {"ShippingCode": code, "ShippingCodeDesc": code.title()})
    for code, rate in TAX_SCHEDULES[company.code].items():
        record = {"TaxSchedule": code, "TaxScheduleDesc": code.title(), "TaxRate": rate}
        store.put(SY_TAX_SCHEDULE, record)
    _fill_prices(company)


def _fill_prices(company: Company) -> None:
    breaks = IM_PRICE_CODE.blank() | {"PriceCodeRecord": "0", "PriceCode": "BULK"}
    for tier, (up_to, percent) in enumerate(QUANTITY_BREAKS, start=1):
        breaks |= {f"BreakQuantity{tier}": up_to, f"DiscountMarkup{tier}": percent}
    _put(company, IM_PRICE_CODE, breaks)
    level = IM_PRICE_CODE.blank() | {"PriceCodeRecord": "0", "PriceCode": "BULK"}
    level |= {"CustomerPriceLevel": "1", "BreakQuantity1": "99999999", "DiscountMarkup1": "12"}
    _put(company, IM_PRICE_CODE, level)


def _item(item: shop.SeedItem) -> Record:
    return CI_ITEM.blank() | {
        "ItemCode": item.sku,
        "ItemCodeDesc": item.description,
        "ProductLine": item.sku[:3],
        "ProductType": {"kit": "K", "discontinued": "D"}.get(item.kind, "F"),
        "PriceCode": "BULK" if item.kind == "goods" else "",
        "StandardUnitOfMeasure": item.unit,
        "SalesUnitOfMeasure": item.unit,
        "PurchaseUnitOfMeasure": item.unit,
        "StandardUnitPrice": text_of(item.price),
        "StandardUnitCost": text_of(item.price * Decimal("0.55")),
        "SuggestedRetailPrice": text_of(item.price),
        "InactiveItem": "Y" if item.kind == "inactive" else "N",
        "EBMEnabled": "Y",
        "TaxClass": "TX" if item.taxable else "NT",
        "DefaultWarehouseCode": "001",
    }


def _charge(code: str, description: str, kind: str) -> Record:
    return CI_ITEM.blank() | {
        "ItemCode": code,
        "ItemType": kind,
        "ItemCodeDesc": description,
        "StandardUnitPrice": "0",
        "TaxClass": "NT",
    }


def _fill_stock(company: Company, code: str, luck: Random) -> None:
    for warehouse in WAREHOUSES:
        on_hand = luck.choice((0, 3, 12, 40, 150))
        stock = {"ItemCode": code, "WarehouseCode": warehouse, "QuantityOnHand": str(on_hand)}
        _put(company, IM_ITEM_WAREHOUSE, stock | {"BinLocation": f"{code[:3]}-{warehouse}"})


def customer(buyer: shop.SeedBuyer) -> Record:
    """Return the customer record of a buyer."""
    number = buyer.number
    schedule = HOME_SCHEDULES.get(buyer.zip.state, "NONTAX")
    return AR_CUSTOMER.blank() | {
        "ARDivisionNo": "01" if number % WHOLESALE_EVERY == 0 else "00",
        "CustomerNo": f"BUY{number:04d}",
        "CustomerName": buyer.company,
        "AddressLine1": buyer.street,
        "City": buyer.zip.city,
        "State": buyer.zip.state,
        "ZipCode": buyer.zip.code,
        "CountryCode": COUNTRY_CODES[buyer.zip.country],
        "TelephoneNo": buyer.phone,
        "EmailAddress": buyer.email,
        "ShipMethod": SHIP_VIAS[number % len(SHIP_VIAS)],
        "TaxSchedule": "NONTAX" if number % EXEMPT_EVERY == 0 else schedule,
        "TermsCode": "01" if number % WHOLESALE_EVERY == 0 else "00",
        "SalespersonDivisionNo": "00",
        "SalespersonNo": "0200" if number % WHOLESALE_EVERY == 0 else "0100",
        "SortField": buyer.last_name.upper(),
        "PriceLevel": "1" if number % WHOLESALE_EVERY == 0 else "",
        "CustomerStatus": "I" if number % INACTIVE_EVERY == INACTIVE_EVERY - 1 else "A",
        "CreditHold": "Y" if number % CREDIT_HOLD_EVERY == CREDIT_HOLD_EVERY - 1 else "N",
        "CreditLimit": "5000",
    }


def _put(company: Company, table: Table, record: Record) -> None:
    company.stamp(record)
    company.store.put(table, record)
