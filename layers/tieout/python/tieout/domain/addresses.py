"""State and country codes as Sage 100 wants them, from the names that storefronts send."""

from tieout.domain.orders import Address
from tieout.errors import RejectedError

# Sage 100 keeps three letters (data dictionary: CountryCode 3), storefronts send ISO 3166 alpha-2.
COUNTRIES = {
    "US": "USA", "CA": "CAN", "AU": "AUS", "GB": "GBR", "IE": "IRL", "MX": "MEX", "NZ": "NZL",
    "DE": "DEU", "FR": "FRA", "NL": "NLD", "AT": "AUT", "CH": "CHE", "ES": "ESP", "IT": "ITA",
    "PR": "PRI", "SE": "SWE", "DK": "DNK", "NO": "NOR", "BE": "BEL", "JP": "JPN",
}  # fmt: skip

_STATES = {
    "US": (
        "Alabama AL,Alaska AK,Arizona AZ,Arkansas AR,California CA,Colorado CO,Connecticut CT,"
        "Delaware DE,District of Columbia DC,Florida FL,Georgia GA,Hawaii HI,Idaho ID,Illinois IL,"
        "Indiana IN,Iowa IA,Kansas KS,Kentucky KY,Louisiana LA,Maine ME,Maryland MD,"
        "Massachusetts MA,Michigan MI,Minnesota MN,Mississippi MS,Missouri MO,Montana MT,"
        "Nebraska NE,Nevada NV,New Hampshire NH,New Jersey NJ,New Mexico NM,New York NY,"
        "North Carolina NC,North Dakota ND,Ohio OH,Oklahoma OK,Oregon OR,Pennsylvania PA,"
        "Rhode Island RI,South Carolina SC,South Dakota SD,Tennessee TN,Texas TX,Utah UT,"
        "Vermont VT,Virginia VA,Washington WA,West Virginia WV,Wisconsin WI,Wyoming WY,"
        "American Samoa AS,Guam GU,Northern Mariana Islands MP,Puerto Rico PR,Virgin Islands VI,"
        "Armed Forces Americas AA,Armed Forces Europe AE,Armed Forces Pacific AP"
    ),
    "CA": (
        "Alberta AB,British Columbia BC,Manitoba MB,New Brunswick NB,Newfoundland and Labrador NL,"
        "Northwest Territories NT,Nova Scotia NS,Nunavut NU,Ontario ON,Prince Edward Island PE,"
        "Quebec QC,Québec QC,Saskatchewan SK,Yukon YT"
    ),
}
STATES = {
    country: {
        name.lower(): code for name, _, code in (row.rpartition(" ") for row in rows.split(","))
    }
    for country, rows in _STATES.items()
}


def country_code_3(address: Address) -> str:
    """Sage's three-letter country code; blank for an address without a country.

    Raises:
        RejectedError: the country is not in the table.
    """
    if not address.country_code:
        return ""
    try:
        return COUNTRIES[address.country_code.upper()]
    except KeyError:
        raise RejectedError(
            f"No Sage country code is known for {_shown(address.country_code)}.",
            next_action="Enter this order by hand and ask for the country to be added.",
            code="UnknownCountry",
        ) from None


def _shown(country_code: str) -> str:
    """A code may be shown; whatever else was typed in its place is the buyer's own."""
    is_code = len(country_code) == len("US") and country_code.isalpha()
    return f"“{country_code}”" if is_code else "an address's country"


def state_code(address: Address) -> str:
    """The two-letter state or province, from its full name or its code; blank where Sage has none.

    Raises:
        RejectedError: a US or Canadian address names a state that does not exist.
    """
    table = STATES.get(address.country_code.upper())
    named = address.state.strip()
    if table is None or not named:
        return ""
    if named.upper() in table.values():
        return named.upper()
    try:
        return table[named.lower()]
    except KeyError:
        raise RejectedError(
            f"An address names what is no state or province of {address.country_code.upper()}.",
            next_action="Correct the address in the storefront.",
            code="UnknownState",
        ) from None
