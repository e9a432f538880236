"""Addresses of one's own account: ours under the name `account`, allauth's under the names that allauth looks for."""

from __future__ import annotations

from allauth.account import views as allauth_views
from django.urls import include, path

from consilia.web.account import acting, home, keys, passwords, sign_in, stepping_up

ours = [
    path("", home.home, name="home"),
    path("settings/", home.settings_page, name="settings"),
    path("settings/browsers/<uuid:sign_in_id>/end/", home.end_browser, name="end-browser"),
    path("settings/browsers/end-others/", home.end_other_browsers, name="end-other-browsers"),
    path("secure/", keys.secure, name="secure"),
    path("step-up/", stepping_up.show_again, name="step-up"),
    path("step-up/code/", stepping_up.send_code, name="step-up-code"),
    path("step-up/passkey/", stepping_up.passkey, name="step-up-passkey"),
    path("step-up/demo/", stepping_up.demo, name="step-up-demo"),
    path("password/", passwords.set_password, name="password"),
    path("sign-in/password/", passwords.sign_in, name="password-sign-in"),
    path("link/<str:secret>/", sign_in.by_link, name="sign-in-link"),
    path("demo/<str:token>/", sign_in.demo, name="demo-sign-in"),
    path("acting/", acting.acting, name="acting"),
    path("acting/declare/", acting.declare, name="acting-declare"),
    path("acting/<uuid:mandate_id>/end/", acting.end, name="acting-end"),
]

of_allauth = [
    path("sign-in/", sign_in.login, name="account_login"),
    path("sign-up/", sign_in.sign_up, name="account_signup"),
    path("sign-in/code/", sign_in.to_sign_in, name="account_request_login_code"),
    path("sign-in/code/confirm/", sign_in.confirm_login_code, name="account_confirm_login_code"),
    path("address/", keys.to_settings, name="account_email"),  # where allauth sends people who are signed in
    path("confirm-address/", allauth_views.email_verification_sent, name="account_email_verification_sent"),
    path("closed/", allauth_views.account_inactive, name="account_inactive"),
    path("sign-out/", allauth_views.logout, name="account_logout"),
    path("sign-in/second-factor/", keys.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", keys.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("show-again/", stepping_up.again, name="account_reauthenticate"),
    path("keys/", keys.to_settings, name="mfa_index"),
    path("keys/passkeys/", keys.to_settings, name="mfa_list_webauthn"),
    path("keys/app/add/", keys.add_app, name="mfa_activate_totp"),
    path("keys/app/remove/", keys.remove_app, name="mfa_deactivate_totp"),
    path("keys/passkeys/add/", keys.add_passkey, name="mfa_add_webauthn"),
    path("keys/passkeys/<int:pk>/rename/", keys.rename_passkey, name="mfa_edit_webauthn"),
    path("keys/passkeys/<int:pk>/remove/", keys.remove_passkey, name="mfa_remove_webauthn"),
    path("keys/recovery/", keys.recovery_codes, name="mfa_view_recovery_codes"),
    path("keys/recovery/new/", keys.new_recovery_codes, name="mfa_generate_recovery_codes"),
    path("keys/recovery/download/", keys.download_recovery_codes, name="mfa_download_recovery_codes"),
]

urlpatterns = [path("", include((ours, "account"))), path("", include(of_allauth))]
