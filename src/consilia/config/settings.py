"""Settings of the whole product: typed, from CONSILIA_* variables, with safe defaults for one machine."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from consilia.clinical import packs
from consilia.config import environment
from consilia.web import statics

environment.refuse_unknown(os.environ)

PACKAGE = Path(__file__).resolve().parent.parent
CHECKOUT = PACKAGE.parent.parent

# --- where things lie -------------------------------------------------------------------------------------------
CONSILIA_HOME = Path(environment.text("CONSILIA_HOME", "var")).resolve()
CONSILIA_HOME.mkdir(parents=True, exist_ok=True, mode=0o700)
CONSILIA_KEYS = CONSILIA_HOME / "keys"
CONSILIA_MASTER_KEY_FILE = CONSILIA_KEYS / "master.key"
if not environment.text("CONSILIA_MASTER_KEY"):  # the vault reads it where it is; no setting holds a key
    environment.made_once(CONSILIA_MASTER_KEY_FILE, environment.new_master_key)
SECRET_KEY = environment.text("CONSILIA_SECRET_KEY") or environment.made_once(
    CONSILIA_KEYS / "secret.key", lambda: secrets.token_urlsafe(64)
)
DATABASES = {"default": environment.database(environment.text("CONSILIA_DATABASE_URL"), CONSILIA_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- the service ------------------------------------------------------------------------------------------------
CONSILIA_DEMO = environment.flag("CONSILIA_DEMO", True)
CONSILIA_PORT = environment.number("CONSILIA_PORT", 8321)
CONSILIA_HOST = environment.text("CONSILIA_HOST", "localhost")
CONSILIA_PUBLIC_URL = environment.text("CONSILIA_PUBLIC_URL") or f"http://localhost:{CONSILIA_PORT}"
CONSILIA_DICOM_PORT = environment.number("CONSILIA_DICOM_PORT", 0)
CONSILIA_DICOM_NAME = environment.text("CONSILIA_DICOM_NAME") or urlsplit(CONSILIA_PUBLIC_URL).hostname
CONSILIA_DICOM_CERTIFICATE = environment.text("CONSILIA_DICOM_CERTIFICATE")
CONSILIA_DICOM_KEY = environment.text("CONSILIA_DICOM_KEY")
CONSILIA_WORKER_THREADS = environment.number("CONSILIA_WORKER_THREADS", 4)
CONSILIA_SERVICE_NAME = environment.text("CONSILIA_SERVICE_NAME", "Consilia")
CONSILIA_SERVICE_COUNTRY = environment.text("CONSILIA_SERVICE_COUNTRY", "CH")
CONSILIA_TIME_ZONE = environment.text("CONSILIA_TIME_ZONE", "Europe/Zurich")
CONSILIA_CONTENT_FOLDERS = tuple(Path(folder) for folder in environment.words("CONSILIA_CONTENT_FOLDERS", "", ":"))
CONSILIA_CONTENT_WITHOUT = environment.some_of("CONSILIA_CONTENT_WITHOUT", packs.NAMES)
CONSILIA_LAW_CONFIRMED = environment.by_country("CONSILIA_LAW_CONFIRMED")
CONSILIA_RETENTION_YEARS = environment.number("CONSILIA_RETENTION_YEARS", 0)
CONSILIA_PRICE = environment.text("CONSILIA_PRICE", "EUR 350.00")
CONSILIA_MAIL_URL = environment.text("CONSILIA_MAIL_URL")
CONSILIA_MAIL_FROM = environment.text("CONSILIA_MAIL_FROM", "no-reply@localhost")

DEBUG = environment.flag("CONSILIA_DEBUG", False)
ALLOWED_HOSTS = environment.words("CONSILIA_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = [CONSILIA_PUBLIC_URL]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "template_partials",
    "consilia.audit",
    "consilia.vault",
    "consilia.jobs",
    "consilia.accounts",
    "consilia.notify",
    "consilia.experts",
    "consilia.records",
    "consilia.cases",
    "consilia.billing",
    "consilia.review",
    "consilia.intake",
    "consilia.opinions",
    "consilia.reports",
    "consilia.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "consilia.web.middleware.Answers",
    "consilia.web.dicomweb.views.Kept",  # before the session: frames of a study whose right was proved a moment ago
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "consilia.web.middleware.OwnTime",
    "consilia.web.middleware.SecondFactor",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "consilia.config.urls"
WSGI_APPLICATION = "consilia.config.wsgi.application"

FORM_RENDERER = "consilia.web.selects.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "consilia.web.context.service",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "template_partials.templatetags.partials",
                "consilia.web.templatetags.ui",
            ],
        },
    }
]

# --- who is there -----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account:home"
LOGOUT_REDIRECT_URL = "public:home"
ACCOUNT_ADAPTER = "consilia.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_RATE_LIMITS = {"self_check": "20/m/ip", "unlock": "5/300s/key"}  # beside allauth's own
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900  # seconds; mail takes its time
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # seconds that a step-up counts
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "consilia.accounts.adapters.MfaAdapter"
MFA_TOTP_TOLERANCE = 1  # periods of 30 s that a clock may be wrong; a code is taken once all the same
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = CONSILIA_SERVICE_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = CONSILIA_PUBLIC_URL.startswith("http://localhost")
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "consilia.accounts.signin.lockout_name"
AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["password", "login", "email", "code"]

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "consilia.web.errors.csrf_failure"
BEHIND_TLS = CONSILIA_PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
SECURE_HSTS_SECONDS = 31536000 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- words and times --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = CONSILIA_TIME_ZONE

# --- files ------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = CHECKOUT / "build" / "static"
STATICFILES_DIRS = [folder for folder in (CHECKOUT / "build" / "front-end",) if folder.is_dir()]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # records live in the vault, nowhere else
    "staticfiles": {
        "BACKEND": (
            "consilia.web.storage.HashedStatic"
            if (STATIC_ROOT / "staticfiles.json").exists() and not DEBUG
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = not (STATIC_ROOT / "staticfiles.json").exists() or DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_IMMUTABLE_FILE_TEST = statics.is_immutable
WHITENOISE_ADD_HEADERS_FUNCTION = statics.add_headers
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 2000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = CONSILIA_HOME / "tmp"
FILE_UPLOAD_TEMP_DIR.mkdir(exist_ok=True, mode=0o700)

# --- post, logs ------------------------------------------------------------------------------------------
EMAIL_BACKEND = "consilia.notify.outbox.OutboxBackend"
DEFAULT_FROM_EMAIL = CONSILIA_MAIL_FROM
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django logs whole addresses of failing requests; addresses hold no words of a case, but nobody needs them twice.
    "loggers": {"django.request": {"level": "ERROR"}, "consilia": {"level": "INFO"}},
}
