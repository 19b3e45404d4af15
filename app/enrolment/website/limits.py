"""How often a code may be tried, and a form be sent: by one address block, and by all together. Of paycodes nobody
finds one by trying; there are only so many organisation codes."""

from datetime import timedelta

from app.throttle import Limit

ORGANISATION_CODE = Limit("organisation_code", most=60, every=timedelta(seconds=10))
ORGANISATION_CODES = Limit("organisation_codes", most=1200, every=timedelta(seconds=1))
PAYCODE = Limit("paycode", most=300, every=timedelta(seconds=4))
PAYCODES = Limit("paycodes", most=3000, every=timedelta(seconds=0.5))
ENROLMENT = Limit("enrolment", most=300, every=timedelta(seconds=10))
ENROLMENTS = Limit("enrolments", most=5000, every=timedelta(seconds=0.5))
# Nobody's mailbox is filled by who types their address.
MAIL_ADDRESS = Limit("enrolment_mail", most=50, every=timedelta(hours=1))
REMINDER = Limit("enrolment_reminder", most=3, every=timedelta(hours=8))
