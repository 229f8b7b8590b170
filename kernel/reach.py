"""Reach: telephone numbers and mail addresses in a text that people wrote."""

import re

# Norwegian numbers have eight digits, drawn together or parted alike ("400 12 345", "40 01 23 45"), which those of clock times
# and dates are not; others begin with the code of their country.
REACH = re.compile(
    r"\S+@\S+"
    r"|(?<![\d-])\+\d(?:[\s().-]{0,2}\d){6,14}(?![\d-])"
    r"|(?<![\d.,-])(?:[2-9]\d{7}|[2-9]\d([\s.-])\d\d\1\d\d\1\d\d|[2-9]\d\d([\s.-])\d\d\2\d{3})(?![\d-])"
)
