"""The storefront API's table: every resource, its parameters, its scope and its limit."""

from sandbox.bigcommerce import hooks, reads, search, v3, writes
from sandbox.bigcommerce.catalog import reads as catalog
from sandbox.bigcommerce.catalog import writes as catalog_writes
from sandbox.bigcommerce.inventory import adjust, tuning
from sandbox.bigcommerce.inventory import reads as inventory
from sandbox.bigcommerce.pricelists import assignments, lists, records
from sandbox.bigcommerce.wire import Resource, resource

ORDERS, TRANSACTIONS = "store_v2_orders", "store_v2_transactions"
CUSTOMERS, INFORMATION = "store_v2_customers", "store_v2_information"
PRODUCTS, INVENTORY, LOCATIONS = "store_v2_products", "store_inventory", "store_locations"
PAGES = "page limit"

ORDER_RESOURCES: tuple[Resource, ...] = (
    resource("GET", "/v2/orders", search.list_orders, query=search.QUERY, scope=ORDERS),
    resource("GET", "/v2/orders/count", reads.get_count, scope=ORDERS),
    resource(
        "GET",
        "/v2/orders/{id}",
        reads.get_order,
        query="include consignment_structure",
        scope=ORDERS,
    ),
    resource("PUT", "/v2/orders/{id}", writes.put_order, scope=ORDERS + "!"),
    resource("GET", "/v2/orders/{id}/products", reads.get_products, query=PAGES, scope=ORDERS),
    *(
        resource("GET", path, reads.get_shipping_addresses, query=PAGES, scope=ORDERS)
        for path in ("/v2/orders/{id}/shipping_addresses", "/v2/orders/{id}/shippingaddresses")
    ),
    resource("GET", "/v2/orders/{id}/coupons", reads.get_coupons, query=PAGES, scope=ORDERS),
    resource(
        "GET", "/v2/orders/{id}/taxes", reads.get_taxes, query="details page limit", scope=ORDERS
    ),
    resource("GET", "/v2/orders/{id}/fees", reads.get_fees, scope=ORDERS),
    resource(
        "GET",
        "/v2/orders/{id}/consignments",
        reads.get_consignments,
        query="include",
        scope=ORDERS,
    ),
    resource("GET", "/v2/orders/{id}/shipments", writes.get_shipments, query=PAGES, scope=ORDERS),
    resource("POST", "/v2/orders/{id}/shipments", writes.post_shipment, scope=ORDERS + "!"),
    resource("GET", "/v2/order_statuses", reads.get_statuses, scope=ORDERS),
    resource("GET", "/v2/store", reads.get_store, scope=INFORMATION),
    resource("GET", "/v2/time", reads.get_time, scope=INFORMATION),
    resource("POST", "/v3/hooks", hooks.post_hook),
    resource("GET", "/v3/hooks", hooks.list_hooks, query="is_active scope destination page limit"),
    resource("GET", "/v3/hooks/admin", hooks.get_admin, query="is_active"),
    resource("GET", "/v3/hooks/{id}", hooks.get_hook),
    resource("PUT", "/v3/hooks/{id}", hooks.put_hook),
    resource("DELETE", "/v3/hooks/{id}", hooks.delete_hook),
    resource("GET", "/v3/orders/{id}/transactions", v3.get_transactions, scope=TRANSACTIONS),
    resource("GET", "/v3/orders/{id}/payment_actions/refunds", v3.get_refunds, scope=TRANSACTIONS),
    resource(
        "GET",
        "/v3/customers",
        v3.get_customers,
        query="id:in email:in page limit",
        scope=CUSTOMERS,
    ),
)
CATALOG_RESOURCES: tuple[Resource, ...] = (
    resource(
        "GET",
        "/v3/catalog/products",
        catalog.list_products,
        query=catalog.PRODUCT_QUERY,
        scope=PRODUCTS,
    ),
    resource("PUT", "/v3/catalog/products", catalog_writes.put_products, scope=PRODUCTS + "!"),
    resource(
        "GET",
        "/v3/catalog/products/{id}",
        catalog.get_product,
        query="include include_fields exclude_fields",
        scope=PRODUCTS,
    ),
    resource(
        "GET",
        "/v3/catalog/products/{id}/variants",
        catalog.list_product_variants,
        query="page limit include_fields exclude_fields",
        scope=PRODUCTS,
    ),
    resource(
        "GET",
        "/v3/catalog/variants",
        catalog.list_variants,
        query=catalog.VARIANT_QUERY,
        scope=PRODUCTS,
    ),
    resource("PUT", "/v3/catalog/variants", catalog_writes.put_variants, scope=PRODUCTS + "!"),
)
INVENTORY_RESOURCES: tuple[Resource, ...] = (
    resource(
        "GET",
        "/v3/inventory/items",
        inventory.list_items,
        query=inventory.ITEM_QUERY + " location_id:in location_code:in",
        scope=INVENTORY,
    ),
    resource(
        "GET",
        "/v3/inventory/locations/{id}/items",
        inventory.list_location_items,
        query=inventory.ITEM_QUERY,
        scope=INVENTORY,
    ),
    resource(
        "PUT",
        "/v3/inventory/locations/{id}/items",
        tuning.put_location_items,
        scope=INVENTORY + "!",
    ),
    resource("PUT", adjust.ABSOLUTE, adjust.put_absolute, scope=INVENTORY + "!", at_once=1),
    resource("POST", adjust.RELATIVE, adjust.post_relative, scope=INVENTORY + "!", at_once=1),
    resource(
        "GET",
        "/v3/inventory/locations",
        inventory.list_locations,
        query=inventory.LOCATION_QUERY,
        scope=LOCATIONS,
        at_once=50,
    ),
    resource("GET", "/v3/settings/inventory", inventory.get_settings, scope=INFORMATION),
)
LIST, RECORDS = "/v3/pricelists/{id}", "/v3/pricelists/{id}/records"
RECORD = RECORDS + "/{variant}/<code>"
ASSIGNMENTS = "/v3/pricelists/assignments"
PRICE_RESOURCES: tuple[Resource, ...] = (
    resource("GET", "/v3/pricelists", lists.list_lists, query=lists.LIST_QUERY, scope=PRODUCTS),
    resource("POST", "/v3/pricelists", lists.post_list, scope=PRODUCTS + "!"),
    resource("GET", LIST, lists.get_list, scope=PRODUCTS),
    resource("PUT", LIST, lists.put_list, scope=PRODUCTS + "!"),
    resource("DELETE", LIST, lists.delete_list, scope=PRODUCTS + "!"),
    resource(
        "GET",
        RECORDS,
        records.list_records,
        query=records.READ_QUERY,
        scope=PRODUCTS,
        at_once=10,
    ),
    # The endpoint's page allows 2 at once, the overview 1: this shop is as strict as either.
    resource("PUT", RECORDS, records.put_records, scope=PRODUCTS + "!", at_once=1),
    resource("POST", RECORDS, records.post_records, scope=PRODUCTS + "!", at_once=10),
    resource(
        "DELETE",
        RECORDS,
        records.delete_records,
        query=records.DELETE_QUERY,
        scope=PRODUCTS + "!",
    ),
    resource("GET", RECORD, records.get_record, query="include", scope=PRODUCTS),
    resource("PUT", RECORD, records.put_record, scope=PRODUCTS + "!", at_once=40),
    resource("PUT", "/v3/pricelists/records", records.put_many, scope=PRODUCTS + "!", at_once=1),
    resource("POST", "/v3/pricelists/records", records.post_many, scope=PRODUCTS + "!", at_once=10),
    resource(
        "GET",
        ASSIGNMENTS,
        assignments.list_assignments,
        query=assignments.READ_QUERY,
        scope=PRODUCTS,
    ),
    resource("POST", ASSIGNMENTS, assignments.post_assignments, scope=PRODUCTS + "!"),
    resource(
        "DELETE",
        ASSIGNMENTS,
        assignments.delete_assignments,
        query=assignments.DELETE_QUERY,
        scope=PRODUCTS + "!",
    ),
    resource(
        "PUT", LIST + "/assignments", assignments.put_assignment, scope=PRODUCTS + "!", at_once=25
    ),
    resource(
        "GET",
        "/v2/customer_groups",
        assignments.list_groups,
        query=PAGES,
        scope=CUSTOMERS,
        at_once=40,
    ),
)
RESOURCES = ORDER_RESOURCES + CATALOG_RESOURCES + INVENTORY_RESOURCES + PRICE_RESOURCES
