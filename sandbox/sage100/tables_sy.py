"""System files that all companies share, and the tax schedules of each (data dictionary)."""

from .dictionary import Table, table

SY_COMPANY: Table = table(
    "SY_Company",
    "CompanyCode",
    """
CompanyCode$ 3
CompanyName$ 50
CurrencyCode$ 3
CountryCode$ 3
AllowExternalAccess$ 1 in=Y,N default=Y
""",
)

SY_USER: Table = table(
    "SY_User",
    "UserLogon",
    "UserLogon$ 60\nUserKey$ 10\nUserCode$ 3\nPassword$ 60\nActive$ 1 in=Y,N default=Y",
)

SY_ZIP_CODE: Table = table(
    "SY_ZipCode", "ZipCode", "ZipCode$ 10\nCity$ 20\nStateCode$ 2\nCountryCode$ 3"
)

SY_COUNTRY: Table = table("SY_Country", "CountryCode", "CountryCode$ 3\nCountryName$ 30")

SY_TAX_SCHEDULE: Table = table(
    "SY_SalesTaxSchedule",
    "TaxSchedule",
    "TaxSchedule$ 9\nTaxScheduleDesc$ 30\nTaxRate 9.5",
)
