"""Who may call allauth's pages that we include; what is not in this table has no address here."""

from __future__ import annotations

from typing import Final

# "person" pages ask for a sign-in themselves and for a step-up where a way to sign in changes (web.account.keys).
POLICIES: Final[dict[str, str]] = {
    "account_login": "public",
    "account_signup": "public",
    "account_request_login_code": "public",
    "account_confirm_login_code": "public",
    "account_email": "person",
    "account_email_verification_sent": "public",
    "account_inactive": "public",
    "account_logout": "public",
    "account_reauthenticate": "person",
    "mfa_authenticate": "public",
    "mfa_login_webauthn": "public",
    "mfa_index": "person",
    "mfa_list_webauthn": "person",
    "mfa_activate_totp": "person",
    "mfa_deactivate_totp": "person",
    "mfa_add_webauthn": "person",
    "mfa_edit_webauthn": "person",
    "mfa_remove_webauthn": "person",
    "mfa_view_recovery_codes": "person",
    "mfa_generate_recovery_codes": "person",
    "mfa_download_recovery_codes": "person",
}
