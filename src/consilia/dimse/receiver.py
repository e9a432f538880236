"""Receiver: C-STORE and C-ECHO (PS3.4 annex B, PS3.7 section 9.1) for those who call the AE title of a live link.

An object is written encrypted as it lies in memory, its row follows, then the sender is told: 0000 is a promise.
"""

from __future__ import annotations

import logging
import ssl
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary

from pynetdicom import _config, evt
from pynetdicom.ae import ApplicationEntity
from pynetdicom.association import Association
from pynetdicom.dsutils import encode_file_meta
from pynetdicom.events import Event
from pynetdicom.pdu import P_DATA_TF
from pynetdicom.transport import ThreadedAssociationServer

from consilia.dimse import line
from consilia.dimse.keeper import Keeper
from consilia.formats import dicom_meta
from consilia.intake.actions import Coming
from consilia.kernel.refusal import NotFound, Refused
from consilia.vault.drafts import Draft
from consilia.vault.errors import Erased

IMPLICIT: Final = "1.2.840.10008.1.2"  # Implicit VR Little Endian
SUCCESS: Final = 0x0000
# PS3.4 table B.2-1, PS3.7 annex C.5.
NOT_AUTHORIZED: Final = 0x0124
OUT_OF_RESOURCES: Final = 0xA700
NOT_UNDERSTOOD: Final = 0xC000
CALLED_UNKNOWN: Final = (0x01, 0x01, 0x07)  # rejected for good: called AE title not recognised (PS3.8 section 9.3.4)
LARGEST: Final = 512 * 1024 * 1024  # bytes of one object, which lies in memory until it is whole
ASSOCIATIONS: Final = 8  # at once
PDU: Final = 256 * 1024  # bytes that a sender may put into one
GREETING: Final = 10.0  # seconds in which a connection says whom it calls
SILENCE: Final = 60.0  # seconds after which an association that says nothing is ended

logger = logging.getLogger(__name__)
_config.LOG_HANDLER_LEVEL = "none"  # else each message is put into words that nobody reads
# Vendors send objects of their own classes; what can be read of them is the matter of intake.
_config.UNRESTRICTED_STORAGE_SERVICE = True


@dataclass(frozen=True, slots=True)
class Admitted:
    """Whom an association called, and for which case."""

    title: str
    case_id: UUID


class Receiver:
    """Listens on one port until it is stopped."""

    def __init__(self, address: str, port: int, security: ssl.SSLContext | None = None) -> None:
        self.admitted: WeakKeyDictionary[Association, Admitted] = WeakKeyDictionary()
        self.held: WeakKeyDictionary[Association, int] = WeakKeyDictionary()  # bytes of the object that is coming in
        entity = ApplicationEntity("CONSILIA")
        self.keeper = Keeper(lambda: len(entity.active_associations))
        entity.maximum_associations = ASSOCIATIONS
        entity.maximum_pdu_size = PDU
        entity.acse_timeout = GREETING
        entity.dimse_timeout = entity.network_timeout = SILENCE
        entity.add_supported_context("1.2.840.10008.1.1")  # Verification
        handlers: list[Any] = [
            (evt.EVT_CONN_OPEN, line.opened),
            (evt.EVT_REQUESTED, self.requested),
            (evt.EVT_PDU_RECV, self.coming),
            (evt.EVT_C_STORE, self.store),
            (evt.EVT_C_ECHO, lambda event: SUCCESS),
        ]
        server = entity.start_server((address, port), block=False, ssl_context=security, evt_handlers=handlers)
        assert isinstance(server, ThreadedAssociationServer)
        self.server = server
        self.port = int(server.server_address[1])

    def stop(self) -> None:
        """Takes no more; what is being kept is kept."""
        self.server.shutdown()
        self.keeper.close()

    def requested(self, event: Event) -> None:
        """Only who knows the AE title of a live link is let in; whoever does not learns nothing else."""
        asked = event.assoc.requestor.primitive
        title = str(asked.called_ae_title or "")
        try:
            self.admitted[event.assoc] = Admitted(title, self.keeper.admit(title).case_id)
        except Exception as error:
            if not isinstance(error, NotFound | Refused):
                logger.warning("an association could not be judged: %s", type(error).__name__)
            event.assoc.acse.send_reject(*CALLED_UNKNOWN)
            event.assoc.kill()
            return
        for context in asked.presentation_context_definition_list:
            # The first one offered is taken; with an implicit one the sender would drop what its private elements are.
            context.transfer_syntax = sorted(context.transfer_syntax, key=IMPLICIT.__eq__)

    def coming(self, event: Event) -> None:
        """Ends an association whose object grows beyond what memory is for."""
        pdu = event.pdu
        if not isinstance(pdu, P_DATA_TF):
            return
        size = self.held.get(event.assoc, 0) + len(pdu)
        self.held[event.assoc] = size
        if size > LARGEST:
            logger.warning("an object of more than %s MB was refused", LARGEST // 2**20)
            event.assoc.abort()

    def store(self, event: Event) -> int:
        """One object; the answer that its sender gets."""
        if self.held.pop(event.assoc, 0) > LARGEST:
            return OUT_OF_RESOURCES
        admitted = self.admitted[event.assoc]
        meta = bytes(128) + b"DICM" + encode_file_meta(event.file_meta)
        named = dicom_meta.named(meta)
        if named is None or event.request.DataSet is None:
            return NOT_UNDERSTOOD
        try:
            with Draft(admitted.case_id) as draft:
                draft.write(meta)
                draft.write(event.request.DataSet.getbuffer())
                draft.finish()
                self.keeper.keep(admitted.title, Coming(f"{named.instance}.dcm", draft))
        except (NotFound, Refused, Erased):  # the link was taken back, the case takes no more, the case is gone
            return NOT_AUTHORIZED
        except Exception as error:  # the words of a database may hold words of a case
            logger.warning("an object could not be kept: %s", type(error).__name__)
            return OUT_OF_RESOURCES
        return SUCCESS
