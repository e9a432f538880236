"""Typed reading of CONSILIA_* settings: a wrong or unknown name stops the start with a sentence."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Name -> what it means; docs/reference/settings.md is printed from this table.
KNOWN: dict[str, str] = {
    "CONSILIA_HOME": "Data folder: database, encrypted objects, keys. Default ./var",
    "CONSILIA_DEMO": "1 (default) fills the demo cast, opens /demo/post and the sign-in links; 0 for real use",
    "CONSILIA_DEBUG": "1 shows error details to the developer; never with real cases",
    "CONSILIA_HOST": "Address to listen on. Default localhost",
    "CONSILIA_PORT": "Port to listen on. Default 8321",
    "CONSILIA_DICOM_PORT": "Port on which archives send by C-STORE to CONSILIA_HOST; 11112 is usual. Default none",
    "CONSILIA_DICOM_NAME": "Host name of that port as hospitals reach it. Default the host of CONSILIA_PUBLIC_URL",
    "CONSILIA_DICOM_CERTIFICATE": "File of the TLS certificate of that port (PEM); without it nothing is encrypted",
    "CONSILIA_DICOM_KEY": "File of the key of that certificate, where it is not in the same file",
    "CONSILIA_PUBLIC_URL": "Address under which people reach the service. Default http://localhost:PORT",
    "CONSILIA_ALLOWED_HOSTS": "Host names that are answered, separated by commas",
    "CONSILIA_DATABASE_URL": "postgresql://user:password@host:port/name; default is SQLite in the data folder",
    "CONSILIA_SECRET_KEY": "Secret of sessions and signatures of cookies; made in the data folder when absent",
    "CONSILIA_MASTER_KEY": "Base64 of the 32 bytes that wrap every case key; made in the data folder when absent",
    "CONSILIA_SERVICE_NAME": "Name of the service as patients read it. Default Consilia",
    "CONSILIA_SERVICE_COUNTRY": "Country of the service (ISO 3166-1 alpha-2). Default CH",
    "CONSILIA_TIME_ZONE": "IANA zone of the service's promises. Default Europe/Zurich",
    "CONSILIA_CONTENT_FOLDERS": "Overlay folders of clinical content, separated by colons",
    "CONSILIA_CONTENT_WITHOUT": "Packs of content to leave out, by commas: aware (its licence: not for commerce)",
    "CONSILIA_LAW_CONFIRMED": "What the service holds for a country whose rule asks for it (exception for uploads, "
    "registered system), as 'AE: words; TR: words'. Default none: uploads from there stay blocked",
    "CONSILIA_RETENTION_YEARS": "Years the service keeps records at least; a law may ask for more. Default 0",
    "CONSILIA_MAIL_URL": "smtp:// (STARTTLS, or ?tls=off) or smtps://user:password@host:port; else mail stays here",
    "CONSILIA_MAIL_FROM": "Sender of mails. Default no-reply@localhost",
    "CONSILIA_PRICE": "Price of one opinion, for example 'EUR 350.00'. Default 'EUR 350.00'",
    "CONSILIA_WORKER_THREADS": "Blocking threads of the web process. Default 4",
    "CONSILIA_TEST_DATA": "Folder of real records for tests; tests that need it skip without it",
    "CONSILIA_TEST_DATABASE_URL": "PostgreSQL to test on instead of the one from a wheel",
    "CONSILIA_TEST_ON": "sqlite (default) or postgres: the database of a test run",
    "CONSILIA_SETUP": "base leaves the developers' packages out of script/setup",
}


class SettingsError(RuntimeError):
    """A setting that cannot be taken; the sentence says which, why and what to write instead."""


def refuse_unknown(environment: Mapping[str, str]) -> None:
    """Stops the start on a CONSILIA_* name that nobody reads: a misspelt safety setting must not be silent."""
    for name in environment:
        bare = name.removesuffix("_FILE")
        if name.startswith("CONSILIA_") and bare not in KNOWN:
            raise SettingsError(f"{name} is not a setting of Consilia. Known ones: {', '.join(sorted(KNOWN))}.")


def text(name: str, default: str = "") -> str:
    """The setting, or the content of the file that NAME_FILE points to (for secrets)."""
    if name not in KNOWN:
        raise SettingsError(f"{name} is read but not described in KNOWN")
    if file := os.environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_text().strip()
        except OSError as error:
            raise SettingsError(f"{name}_FILE points to {file}, which cannot be read: {error.strerror}.") from error
    return os.environ.get(name, default)


def flag(name: str, default: bool) -> bool:
    value = text(name, "1" if default else "0").lower()
    if value not in {"0", "1", "true", "false", "yes", "no"}:
        raise SettingsError(f"{name} is {value!r}; write 1 or 0.")
    return value in {"1", "true", "yes"}


def number(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        raise SettingsError(f"{name} is {value!r}; write a whole number.") from error


def words(name: str, default: str = "", separator: str = ",") -> list[str]:
    return [word.strip() for word in text(name, default).split(separator) if word.strip()]


def some_of(name: str, known: Collection[str]) -> frozenset[str]:
    """Words out of a closed list: a misspelt one stops the start."""
    found = words(name)
    if unknown := sorted(set(found) - set(known)):
        raise SettingsError(f"{name} has {', '.join(unknown)}; known: {', '.join(known)}.")
    return frozenset(found)


def by_country(name: str) -> dict[str, str]:
    """A setting of the form "AE: words; TR: words": country (ISO 3166-1 alpha-2) -> words, which are never empty."""
    found: dict[str, str] = {}
    for part in words(name, separator=";"):
        code, colon, said = (piece.strip() for piece in part.partition(":"))
        if not (colon and len(code) == 2 and code.isascii() and code.isupper() and said):
            raise SettingsError(f"{name} has {part!r}; write a country and what was confirmed: 'AE: words; TR: words'.")
        found[code] = said
    return found


def made_once(path: Path, make: Callable[[], str]) -> str:
    """The content of a secret file; made with mode 0600 by whoever comes first, the same for all processes."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # fails when another process was first: its secret counts
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


def new_master_key() -> str:
    """32 random bytes as base64 text (AES-256 key that wraps the data keys of cases)."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def database(url: str, home: Path) -> dict[str, object]:
    """Django's DATABASES entry: PostgreSQL from the URL, else SQLite that keeps every acknowledged row.

    SQLite: WAL with synchronous=FULL (NORMAL loses acknowledged rows at a power cut) and IMMEDIATE
    transactions (check-then-save is then safe); secure_delete so that erased words leave the pages.
    """
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(home / "consilia.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                    "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;"
                ),
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise SettingsError("CONSILIA_DATABASE_URL must begin with postgresql://.")
    host = parts.hostname or ""
    for pair in parts.query.split("&"):
        key, _, value = pair.partition("=")
        if key == "host":  # a socket folder, as libpq writes it
            host = unquote(value)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
