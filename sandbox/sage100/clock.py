"""The clock of the workstation that the simulated Sage 100 runs on."""

import datetime as dt


class WorkstationClock:
    """Local time, since Sage 100 stamps records without a zone."""

    def now(self) -> dt.datetime:
        """Return this machine's local time with its zone."""
        return dt.datetime.now().astimezone()  # noqa: TID251  the one clock of the simulator


def stamp_date(moment: dt.datetime) -> str:
    """Return the date as Sage 100 stores it, `YYYYMMDD`."""
    return moment.strftime("%Y%m%d")


def stamp_time(moment: dt.datetime) -> str:
    """Return the time of day as decimal hours with five places, such as `13.50833`."""
    seconds = (moment.hour * 60 + moment.minute) * 60 + moment.second
    return f"{seconds / 3600:.5f}"
