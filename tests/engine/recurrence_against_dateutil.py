"""Compares the expansion of random recurrence rules with python-dateutil's.

    recurrence_against_dateutil.py DRIVER [--seed N] [--rules N]

DRIVER is the program built from recurrence_driver.cpp. The same seed gives the same rules. Exit
code: 0 all agree, 1 some do not (each is printed), 77 dateutil is missing.

Where the library follows RFC 5545 and dateutil does not (include/clinic/recurrence.hpp has the
list), the rule is put to dateutil in words that make it follow the RFC too; see Reference.
"""

import argparse
import datetime
import random
import signal
import subprocess
import sys

try:
    from dateutil import rrule
except ImportError:
    print("skipped: python-dateutil is not installed for", sys.executable)
    sys.exit(77)

WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
FREQUENCIES = ["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"]
INTERVALS = [2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 15, 24, 30, 45, 90, 100]
SLOW_SECONDS = 0.03


def stamp(time):
    return f"{time.year:04d}" + time.strftime("%m%dT%H%M%S")


class Slow(Exception):
    """dateutil searches in vain, or for too long."""


class Rule:
    """A random rule and a start, as the parts by name."""

    def __init__(self, rng):
        self.start = self.random_start(rng)
        self.freq = rng.choice(FREQUENCIES)
        self.parts = {}
        self.until = None
        self.add_parts(rng)
        if rng.random() < 0.3:
            self.parts["INTERVAL"] = rng.choice(INTERVALS)
        if rng.random() < 0.3:
            self.parts["WKST"] = rng.choice(WEEKDAYS)
        end = rng.random()
        if end < 0.2:
            self.parts["COUNT"] = rng.randint(1, 25)
        elif end < 0.4:
            self.add_until(rng)

    @staticmethod
    def random_start(rng):
        year = rng.choice([rng.randint(1990, 2040), rng.randint(1583, 9990),
                           2000, 2020, 1900, 9998])
        day = datetime.datetime(year, 1, 1) + datetime.timedelta(days=rng.randint(0, 364))
        if rng.random() < 0.2:
            edges = [(1, 1), (12, 31), (2, 28), (1, 31), (12, 29)]
            day = datetime.datetime(year, *rng.choice(edges))
        clock = datetime.time(9) if rng.random() < 0.5 else datetime.time(
            rng.randint(0, 23), rng.randint(0, 59), rng.randint(0, 59))
        return datetime.datetime.combine(day, clock)

    def add_parts(self, rng):
        rank = FREQUENCIES.index(self.freq)
        wanted = rng.choice([0, 1, 1, 2, 2, 3] if rank < 4 else [0, 1, 1, 2])
        allowed = ["BYMONTH", "BYDAY", "BYHOUR", "BYMINUTE", "BYSECOND"]
        if self.freq != "WEEKLY":
            allowed.append("BYMONTHDAY")
        if self.freq == "YEARLY" or rank >= 4:
            allowed.append("BYYEARDAY")
        if self.freq == "YEARLY":
            allowed.append("BYWEEKNO")
        for name in rng.sample(allowed, min(wanted, len(allowed))):
            self.parts[name] = getattr(self, name.lower())(rng)
        self.fit_ordinals()
        if self.parts and rng.random() < 0.25:
            self.parts["BYSETPOS"] = self.signed(rng, rng.choice([3, 8, 366]), 3)

    def counts_in_months(self):
        return self.freq == "MONTHLY" or "BYMONTH" in self.parts

    def fit_ordinals(self):
        """BYDAY may be drawn before what limits its ordinals: BYWEEKNO forbids them, and dateutil
        fails on large ones that count within a month."""
        def fitted(n):
            return 0 if "BYWEEKNO" in self.parts else max(-5, min(n, 5))

        if "BYDAY" in self.parts and (self.counts_in_months() or "BYWEEKNO" in self.parts):
            self.parts["BYDAY"] = [(fitted(n), day) for n, day in self.parts["BYDAY"]]

    @staticmethod
    def some(rng, low, high, most=4):
        return rng.sample(range(low, high + 1), rng.randint(1, min(most, high - low + 1)))

    @staticmethod
    def signed(rng, high, most=5):
        return sorted({rng.choice([1, 1, -1]) * rng.randint(1, high)
                       for _ in range(rng.randint(1, most))})

    def bymonth(self, rng):
        return self.some(rng, 1, 12)

    def bymonthday(self, rng):
        return self.signed(rng, 31, 8)

    def byyearday(self, rng):
        return self.signed(rng, 366, 40)

    def byweekno(self, rng):
        return rng.choice([self.signed(rng, 53), [1], [-1], [53], [-53], [52], [1, 53]])

    def byhour(self, rng):
        return self.some(rng, 0, 23)

    def byminute(self, rng):
        return self.some(rng, 0, 59)

    def bysecond(self, rng):
        return self.some(rng, 0, 60)

    def byday(self, rng):
        days = rng.sample(WEEKDAYS, rng.randint(1, 4))
        if self.freq not in ("YEARLY", "MONTHLY") or rng.random() < 0.5:
            return [(0, day) for day in days]
        high = rng.choice([5, 53])
        return [(rng.choice([0, 1, -1, 1]) * rng.randint(1, high), day) for day in days]

    def add_until(self, rng):
        seconds = {"YEARLY": 31556952, "MONTHLY": 2629746, "WEEKLY": 604800, "DAILY": 86400,
                   "HOURLY": 3600, "MINUTELY": 60, "SECONDLY": 1}[self.freq]
        periods = rng.uniform(0, 30) * self.parts.get("INTERVAL", 1)
        ahead = datetime.timedelta(seconds=int(seconds * periods))
        try:
            until = self.start + ahead
        except OverflowError:
            return
        if rng.random() < 0.3:
            self.until = until.replace(hour=23, minute=59, second=59)
            self.parts["UNTIL"] = stamp(until)[:8]
        else:
            self.until = until
            self.parts["UNTIL"] = stamp(until)

    def text(self):
        def value(name, given):
            if name == "BYDAY":
                return ",".join((str(n) if n else "") + day for n, day in given)
            return ",".join(map(str, given)) if isinstance(given, list) else str(given)

        return ";".join(["FREQ=" + self.freq] + [f"{name}={value(name, given)}"
                                                 for name, given in self.parts.items()])


class YearInfo(rrule._iterinfo):
    """dateutil's facts about a year, with the weeks that BYWEEKNO names found by their definition:
    a week belongs to the year that its fourth day lies in. dateutil miscounts the weeks of the
    year before."""

    def rebuild(self, year, month):
        is_new = year != self.lastyear
        super().rebuild(year, month)
        if is_new and self.rrule._byweekno:
            new_year = datetime.date(year, 1, 1).toordinal()
            self.wnomask = [self.is_named(new_year + day) for day in range(self.yearlen)] + [0] * 7

    def is_named(self, ordinal):
        since_start = (ordinal - 1 - self.rrule._wkst) % 7  # ordinal 1 was a Monday
        middle = ordinal - since_start + 3
        if middle > datetime.date.max.toordinal():
            middle -= 146097  # 400 years, after which the calendar repeats itself
        middle = datetime.date.fromordinal(middle)
        yearday = middle.timetuple().tm_yday
        week = (yearday - 1) // 7 + 1
        year_length = datetime.date(middle.year, 12, 31).timetuple().tm_yday
        weeks = week + (year_length - yearday) // 7
        return week in self.rrule._byweekno or week - weeks - 1 in self.rrule._byweekno


rrule._iterinfo = YearInfo


class Reference:
    """What dateutil says about a rule, as the RFC means it."""

    def __init__(self, rule):
        self.rule = rule
        self.count = None
        parts = dict(rule.parts)
        start = rule.start
        if "BYWEEKNO" in parts and not {"BYDAY", "BYMONTHDAY", "BYYEARDAY"} & parts.keys():
            parts["BYDAY"] = [(0, WEEKDAYS[start.weekday()])]
        if "BYDAY" in parts and any(n for n, _ in parts["BYDAY"]):
            every = range(1, 6 if rule.counts_in_months() else 54)
            parts["BYDAY"] = [(n, day) for given, day in parts["BYDAY"]
                              for n in ([given] if given else every)]
        if rule.freq == "WEEKLY" and "BYSETPOS" in parts:
            parts.setdefault("BYDAY", [(0, WEEKDAYS[start.weekday()])])
            week_start = WEEKDAYS.index(parts.get("WKST", "MO"))
            start -= datetime.timedelta(days=(start.weekday() - week_start) % 7)
            self.count = parts.pop("COUNT", None)
        if "BYSECOND" in parts:
            parts["BYSECOND"] = sorted({min(second, 59) for second in parts["BYSECOND"]})
        self.start = start
        self.parts = parts

    def rrule(self):
        names = {"BYMONTH": "bymonth", "BYMONTHDAY": "bymonthday", "BYYEARDAY": "byyearday",
                 "BYWEEKNO": "byweekno", "BYHOUR": "byhour", "BYMINUTE": "byminute",
                 "BYSECOND": "bysecond", "BYSETPOS": "bysetpos", "INTERVAL": "interval",
                 "COUNT": "count"}
        arguments = {names[name]: given for name, given in self.parts.items() if name in names}
        if "BYDAY" in self.parts:
            arguments["byweekday"] = [getattr(rrule, day)(n) if n else getattr(rrule, day)
                                      for n, day in self.parts["BYDAY"]]
        if "WKST" in self.parts:
            arguments["wkst"] = getattr(rrule, self.parts["WKST"])
        return rrule.rrule(getattr(rrule, self.rule.freq), dtstart=self.start,
                           until=self.rule.until, **arguments)

    def expand(self, most):
        """The first occurrences, and whether these are all that were asked for."""
        found = []

        def ring(*_):
            raise Slow

        signal.signal(signal.SIGVTALRM, ring)
        signal.setitimer(signal.ITIMER_VIRTUAL, SLOW_SECONDS)
        try:
            wanted = most if self.count is None else min(most, self.count)
            for time in self.rrule():
                if time >= self.rule.start:
                    found.append(time)
                if len(found) == wanted:
                    break
            return found, True
        except Slow:
            return found, False
        except ValueError:  # a combination of interval and clock parts that never meet
            return found, True
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("driver")
    parser.add_argument("--seed", type=int, default=5545)
    parser.add_argument("--rules", type=int, default=3000)
    options = parser.parse_args()

    rng = random.Random(options.seed)
    lines, expected = [], []
    cut_short = 0
    for _ in range(options.rules):
        rule = Rule(rng)
        text = rule.text()
        most = rng.choice([5, 20, 20, 60])
        shown, is_complete = Reference(rule).expand(most)
        cut_short += not is_complete
        seek = ""
        if shown and rng.random() < 0.4:
            at = rng.randrange(len(shown))
            back = datetime.timedelta(seconds=rng.choice([0, 0, 1, rng.randint(1, 100000)]))
            target = shown[at] - back
            shown = [time for time in shown if time >= target]
            most = len(shown)
            seek = stamp(target)
        lines.append(f"{stamp(rule.start)}|{text}|{most}|{seek}")
        expected.append(([stamp(time) for time in shown], is_complete))

    answers = subprocess.run([options.driver], input="\n".join(lines) + "\n", text=True, check=True,
                             stdout=subprocess.PIPE).stdout.splitlines()
    assert len(answers) == len(lines)
    mismatches = 0
    empty = 0
    for line, (times, is_complete), answer in zip(lines, expected, answers):
        never = answer.startswith("error the recurrence rule matches")
        given = [] if never else answer.split()
        empty += not times
        agrees = given == times if is_complete else given[:len(times)] == times
        if never and times:
            agrees = False
        if not agrees:
            mismatches += 1
            print("MISMATCH", line)
            print("  dateutil:", " ".join(times), "" if is_complete else "(cut short)")
            print("  clinic:  ", answer)
    print(f"{options.rules} rules with seed {options.seed}: {mismatches} mismatches; "
          f"{empty} without occurrences, {cut_short} cut short where dateutil took too long")
    if cut_short > options.rules / 5:
        print("too many were cut short for the comparison to mean anything")
        return 1
    return 1 if mismatches else 0


if __name__ == "__main__":
    sys.exit(main())
