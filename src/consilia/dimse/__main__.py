"""`python -m consilia.dimse` receives until SIGTERM or SIGINT; what has come whole is kept first."""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import ssl
import sys
import threading
from types import FrameType

import django

RECEIVER = "consilia.dimse.receiver"  # imported after set-up: it reads tables


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consilia.config.settings")
    parser = argparse.ArgumentParser(prog="consilia.dimse", description=__doc__)
    parser.add_argument("--address", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--certificate", default="")
    parser.add_argument("--key", default="")
    words = parser.parse_args()
    stop = threading.Event()

    def heard(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, heard)
    django.setup()
    security = secured(words.certificate, words.key) if words.certificate else None
    try:
        receiver = importlib.import_module(RECEIVER).Receiver(words.address, words.port, security)
    except OSError as error:
        sys.exit(f"Port {words.port} of {words.address} cannot be used ({error.strerror}). See CONSILIA_DICOM_PORT.")
    print(f"Receiving DICOM on port {receiver.port} of {words.address}.", flush=True)
    stop.wait()
    receiver.stop()


def secured(certificate: str, key: str) -> ssl.SSLContext:
    """TLS 1.2 or later with a certificate of this machine (PS3.15 annex B)."""
    found = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    found.minimum_version = ssl.TLSVersion.TLSv1_2
    found.load_cert_chain(certificate, key or None)
    return found


if __name__ == "__main__":
    main()
