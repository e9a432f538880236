"""`consilia dicom receive`: archives of hospitals send by C-STORE into the cases that gave them a link."""

from __future__ import annotations

import argparse
import os
import sys

from django.conf import settings

MODULE = "consilia.dimse"
USUAL_PORT = 11112  # registered with IANA for DICOM
LOCAL_NAMES = {"localhost": "127.0.0.1"}


def configure(parser: argparse.ArgumentParser) -> None:
    deeds = parser.add_subparsers(dest="deed", required=True)
    receive = deeds.add_parser("receive", help="listen for C-STORE and C-ECHO until Ctrl-C")
    receive.add_argument("--port", type=int, default=0, help=f"default CONSILIA_DICOM_PORT, else {USUAL_PORT}")


def run(words: argparse.Namespace) -> int:
    """Becomes the receiver: the same process, so that signals and exit code are its own."""
    command = [sys.executable, "-m", MODULE, *receiver_words(words.port or settings.CONSILIA_DICOM_PORT or USUAL_PORT)]
    os.execv(sys.executable, command)  # noqa: S606  (our own module)


def receiver_words(port: int) -> tuple[str, ...]:
    """What the receiver is told by the settings."""
    address = LOCAL_NAMES.get(settings.CONSILIA_HOST, settings.CONSILIA_HOST)
    words = ["--address", address, "--port", str(port)]
    if settings.CONSILIA_DICOM_CERTIFICATE:
        words += ["--certificate", settings.CONSILIA_DICOM_CERTIFICATE, "--key", settings.CONSILIA_DICOM_KEY]
    return tuple(words)
