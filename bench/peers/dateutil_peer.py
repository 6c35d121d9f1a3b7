"""Expands a recurrence rule with python-dateutil, and says how long that took.

    dateutil_peer.py expand RULE START COUNT       the first COUNT occurrences
    dateutil_peer.py seek RULE START INSTANT...    the first one at or after each INSTANT

Times are seconds since 1970 on the clock of the rule. Prints the seconds that the work took, without
starting Python, and then the answers, one a line.
"""

import datetime
import itertools
import sys
import time

from dateutil import rrule

EPOCH = datetime.datetime(1970, 1, 1)


def from_seconds(text):
    return EPOCH + datetime.timedelta(seconds=int(text))


def main(mode, rule_text, start, *numbers):
    rule = rrule.rrulestr(rule_text, dtstart=from_seconds(start))
    begin = time.perf_counter()
    if mode == "expand":
        answers = list(itertools.islice(rule, int(numbers[0])))
    else:
        answers = [rule.after(from_seconds(number), inc=True) for number in numbers]
    print(time.perf_counter() - begin)
    for answer in answers:
        print(int((answer - EPOCH).total_seconds()))


main(*sys.argv[1:])
