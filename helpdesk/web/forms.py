"""Forms: read and checked with WTForms; messages are English msgids that the template translates."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from helpdesk.core.errors import InvalidInput
from helpdesk.i18n import gettext as _
from helpdesk.i18n import lazy


def _clean(text: str | None) -> str:
    """Without NUL, which PostgreSQL refuses, and with one kind of line end."""
    return (text or "").replace("\x00", "").replace("\r\n", "\n")


def _short(text: str | None) -> str:
    return _clean(text).strip()


class Form(FlaskForm):  # type: ignore[misc]  # WTForms has no types
    """The base: CSRF from Flask-WTF, no translations of its own."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Our own catalogue speaks; WTForms' would speak English or nothing."""

        locales = ["en"]

    def problems(self) -> dict[str, str]:
        """The first sentence for each field that is wrong, in the reader's language."""
        return {name: _(errors[0]) for name, errors in self.errors.items() if name and errors}


class SignInForm(Form):
    """E-mail address and password; password managers and pasting are welcome (WCAG 3.3.8)."""

    email = StringField(
        filters=[_short], validators=[InputRequired(lazy("Write your e-mail address.")), Length(max=320)]
    )
    password = PasswordField(validators=[InputRequired(lazy("Write your password."))])


class TextForm(Form):
    """A reply or a note. `key` makes the second click on "send" harmless."""

    text = TextAreaField(filters=[_clean], validators=[InputRequired(lazy("Write something first."))])
    key = StringField(filters=[_short], validators=[Optional(), Length(max=64)])


class ReasonForm(Form):
    """A reason, needed or not."""

    reason = StringField(filters=[_short], validators=[Length(max=500)])


class CorrectionForm(ReasonForm):
    """An agent's word on a verdict."""

    field = StringField(filters=[_short], validators=[InputRequired()])
    value = StringField(filters=[_short], validators=[InputRequired()])


class WorkForm(Form):
    """Minutes worked, what for, and the texts of the statement and for colleagues."""

    minutes = StringField(filters=[_short], validators=[InputRequired(lazy("Write the minutes you worked."))])
    activity = StringField(filters=[_short], validators=[InputRequired(lazy("Choose an activity."))])
    text = StringField(
        filters=[_short], validators=[Length(max=500, message=lazy("This may have 500 characters at most."))]
    )
    internal = TextAreaField(filters=[_clean])
    key = StringField(filters=[_short], validators=[InputRequired(), Length(max=64)])


class TopUpForm(Form):
    """Money that came in, with the reference of the payment."""

    amount = StringField(filters=[_short], validators=[InputRequired(lazy("Write the amount."))])
    reference = StringField(
        filters=[_short],
        validators=[InputRequired(lazy("Write the reference of the payment.")), Length(max=120)],
    )


class AnswerForm(Form):
    """A customer's yes or no on a page; `website` is a trap that people never see and machines fill in."""

    name = StringField(filters=[_short], validators=[Length(max=160)])
    reason = TextAreaField(filters=[_clean], validators=[Length(max=1000)])
    website = StringField()
    code = StringField(filters=[_short])
    confirmed = StringField()


class ProfileForm(Form):
    """What agents choose for themselves."""

    language = StringField(filters=[_short])
    theme = StringField(filters=[_short])
    keys_on = BooleanField()
    signature = TextAreaField(filters=[_clean])


class MailboxForm(Form):
    """A mailbox and the account it is fetched from."""

    NAMES = (
        "address", "name", "language", "team", "host", "port", "security", "username", "folder", "sign_in",
        "password", "client_id", "client_secret", "refresh_token", "token_url", "begins_on", "zone",
        "country", "subdivision", "signature", "active", "paused",
    )  # fmt: skip

    address = StringField(filters=[_short])
    name = StringField(filters=[_short])
    language = StringField(filters=[_short])
    team = StringField(filters=[_short])
    host = StringField(filters=[_short])
    port = StringField(filters=[_short])
    security = StringField(filters=[_short])
    username = StringField(filters=[_short])
    folder = StringField(filters=[_short])
    sign_in = StringField(filters=[_short])
    password = PasswordField()
    client_id = StringField(filters=[_short])
    client_secret = PasswordField(filters=[_short])
    refresh_token = PasswordField(filters=[_short])
    token_url = StringField(filters=[_short])
    begins_on = StringField(filters=[_short])
    zone = StringField(filters=[_short])
    country = StringField(filters=[_short])
    subdivision = StringField(filters=[_short])
    signature = TextAreaField(filters=[_clean])
    active = BooleanField()
    paused = BooleanField()


def whole_number(text: Any, *, low: int, high: int, field: str) -> int:
    """The number somebody typed; raises InvalidInput with the field's name."""
    digits = str(text).strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9 or not low <= int(digits) <= high:
        raise InvalidInput("Write a whole number from %(low)s to %(high)s.", field=field, low=low, high=high)
    return int(digits)
