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
EnableWebServices$ 1 in=Y,N default=N
""",
)

SY_USER: Table = table(
    "SY_User",
    "UserLogon",
    """
UserLogon$ 60
UserKey$ 10
UserCode$ 3
Password$ 60
Active$ 1 in=Y,N default=Y
Locked$ 1 in=Y,N default=N
EnableWebServicesForUser$ 1 in=Y,N default=N
""",
)

SY_SYSTEM: Table = table(
    "SY_System", "SystemKey", "SystemKey$ 1\nEnableWebServices$ 1 in=Y,N default=N"
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

SY_USER_DEFINED_FIELD: Table = table(
    "SY_UserDefinedField",
    "FileName FieldName",
    "FileName$ 40\nFieldName$ 40\nRequired$ 1 in=Y,N default=N",
)
"""What an installation adds to files; the name of this file and its columns are made up."""
