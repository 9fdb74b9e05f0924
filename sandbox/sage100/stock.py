"""Stock by warehouse, as orders, shipments and postings move it."""

from collections.abc import Mapping

from .company import Company
from .dictionary import Record
from .tables_im import IM_ITEM_WAREHOUSE
from .values import number_of, text_of


def move_stock(company: Company, line: Record, signs: Mapping[str, int]) -> None:
    """Add a line's quantity to columns of its item's stock, or take it off.

    The stamps of the stock record stay as they are: whether journals move them is not settled, so
    the simulator takes the worse case (Sage 100 reference: detecting changes).

    Args:
        company: Whose stock.
        line: With item, warehouse and quantity; what has no stock record is left out.
        signs: Column to 1 or -1.
    """
    stock = company.find(IM_ITEM_WAREHOUSE, line["ItemCode"], line.get("WarehouseCode", ""))
    if stock is None:
        return
    for name, sign in signs.items():
        moved = sign * number_of(line.get("QuantityOrdered"))
        stock[name] = text_of(number_of(stock.get(name)) + moved)
    company.store.put(IM_ITEM_WAREHOUSE, stock)
