"""What a booking is for, in words that are said in the reader's language. [pure]"""

from helpdesk.i18n import lazy

CAUSES = {
    "work": lazy("Support"),
    "quote": lazy("Accepted quote"),
    "surcharge": lazy("Urgent handling"),
    "appointment": lazy("Appointment"),
    "late_cancel": lazy("Appointment cancelled late"),
    "licence": lazy("Licences"),
    "top_up": lazy("Credit bought"),
    "bonus": lazy("Bonus"),
    "invoice": lazy("Invoice"),
    "settlement": lazy("Paid from credit"),
    "payment": lazy("Payment"),
    "refund": lazy("Refund"),
    "vat": lazy("VAT"),
    "rounding": lazy("Rounding"),
    "expiry": lazy("Expiry"),
    "adjustment": lazy("Adjustment"),
    "reversal": lazy("Reversal"),
}
