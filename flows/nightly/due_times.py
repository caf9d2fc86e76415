"""When a schedule is due: cron expressions in a time zone, with its summer time."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError


class BadSchedule(Exception):
    """A cron expression or a time zone that does not exist. The message says which and shows a good one."""


def check(cron: str, timezone: str) -> None:
    """Raises BadSchedule."""
    next_due(cron, timezone, datetime.now(UTC))


def due_times(cron: str, timezone: str, after: datetime, until: datetime) -> list[datetime]:
    """All due times after one moment, up to and with another; in UTC. Raises BadSchedule."""
    found = []
    for moment in _after(cron, timezone, after):
        if moment.astimezone(UTC) > until:
            break
        found.append(moment.astimezone(UTC))
    return found


def next_due(cron: str, timezone: str, after: datetime) -> datetime:
    """The first due time after a moment, in the zone of the schedule. Raises BadSchedule."""
    return next(_after(cron, timezone, after))


def _after(cron: str, timezone: str, moment: datetime) -> CronSim:
    try:
        zone = ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadSchedule(f"There is no time zone {timezone!r}; write it as Europe/Zurich") from error
    try:
        return CronSim(cron, moment.astimezone(zone))
    except CronSimError as error:
        raise BadSchedule(f"{cron!r} is no cron expression ({error}); two at night is '0 2 * * *'") from error
