"""Forms of the account pages: what a person types, checked for shape; the rooms check the meaning."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, LoginForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consilia.accounts import second_factor
from consilia.accounts.actions import PatientWords
from consilia.accounts.models import Mandate, Person, Sex
from consilia.kernel import country, language, zones
from consilia.kernel.refusal import Invalid


def address_field() -> forms.EmailField:
    """One e-mail address."""
    example = _("Write your e-mail address, for example name@example.org.")
    return forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"required": example, "invalid": example},
    )


class EmailForm(forms.Form):
    """One address, nothing else."""

    email = address_field()


class PasswordSignInForm(forms.Form):
    """Address and password."""

    login = forms.EmailField(
        label=_("Your e-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class NewPasswordForm(forms.Form):
    """A new password, typed once: it can be shown, and a code by e-mail always opens the door again."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 12 characters. Three words that nobody else would put together are a good choice."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password


class CodeForm(forms.Form):
    """One code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"}),
        error_messages={"required": _("Type the code.")},
    )


class AddressForm(LoginForm):  # type: ignore[misc]
    """allauth's form of the sign-in page, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = address_field()


class MailedCodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]
    """allauth's form for the mailed code, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speak(self, code=_("Code"))
        self.fields["code"].error_messages |= {"required": _("Type the code.")}


class OnceForm(AuthenticateForm):  # type: ignore[misc]
    """The second factor at sign-in; a code is taken once, whichever process saw it first."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        return _once(self.user, code)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speak(self, code=_("Code of your app, or a recovery code"))


class ActivateOnceForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app; it cannot be used again to sign in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        speak(self, code=_("The six digits that the app shows now"))

    def clean_code(self) -> str:
        code: str = super().clean_code()
        return _once(self.user, code)


def speak(form: forms.Form, **labels: Any) -> None:
    """Our labels; no placeholders, which vanish when one needs them."""
    for name, label in labels.items():
        form.fields[name].label = label
        form.fields[name].widget.attrs.pop("placeholder", None)


def _once(person: Person, code: str) -> str:
    try:
        second_factor.use_once(person, code, at=timezone.now())
    except Invalid as refusal:
        raise forms.ValidationError(refusal.fields["code"]) from refusal
    return code


class DetailsForm(forms.Form):
    """How the service calls and addresses a person."""

    given_name = forms.CharField(
        label=_("Given name"), required=False, max_length=100, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    family_name = forms.CharField(
        label=_("Family name"), required=False, max_length=100, widget=forms.TextInput({"autocomplete": "family-name"})
    )
    language = forms.ChoiceField(label=_("Language of pages and messages"))
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [(tag, language.own_name(tag)) for tag, _name in settings.LANGUAGES]  # type: ignore[attr-defined]
        named = ((place, place.replace("_", " ")) for place in zones.places())
        self.fields["time_zone"].choices = [("", _("That of the service")), *named]  # type: ignore[attr-defined]


class MandateForm(forms.Form):
    """For whom a person acts, and on which ground."""

    kind = forms.ChoiceField(label=_("I act as"), choices=Mandate.Kind.choices, widget=forms.RadioSelect)
    given_name = forms.CharField(label=_("Given name of the patient"), max_length=100)
    family_name = forms.CharField(label=_("Family name of the patient"), max_length=100)
    birth_date = forms.DateField(label=_("Date of birth"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    sex = forms.ChoiceField(label=_("Sex in the records"), choices=Sex.choices, initial=Sex.UNKNOWN)
    residence_country = forms.ChoiceField(label=_("Country where the patient lives"))
    valid_until = forms.DateField(
        label=_("Until"),
        required=False,
        help_text=_("Leave it empty if no end is known."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    declared = forms.BooleanField(
        label=_("I may lawfully act for this person, and I can show on what ground."),
        error_messages={"required": _("Without this declaration you cannot act for somebody.")},
    )

    def __init__(self, *args: Any, tongue: str = "en", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tongue = tongue
        self.fields["residence_country"].choices = [("", _("Choose")), *country.countries(tongue)]  # type: ignore[attr-defined]

    def words(self) -> PatientWords:
        """The patient as the room wants to have her."""
        typed = self.cleaned_data
        return PatientWords(
            given_name=typed["given_name"],
            family_name=typed["family_name"],
            birth_date=typed["birth_date"],
            residence_country=typed["residence_country"],
            sex=typed["sex"],
            language=self.tongue,
        )


def add_refusal(form: forms.Form, refusal: Invalid) -> None:
    """Puts the sentences of a room beside the fields; one that has no field stands above all."""
    for field, sentence in refusal.fields.items():
        form.add_error(field if field in form.fields else None, sentence)
