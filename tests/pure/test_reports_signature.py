"""The signature on the PDF: it holds, two readers agree on it, and one changed byte is found."""

from __future__ import annotations

import random
import shutil
import subprocess
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from tests.pure import opinions_sample as sample
from tests.pure import reports_sample as made

from consilia.opinions import seal
from consilia.reports import certificates, pades, verification
from consilia.reports.verified import Reason, Verification

pytestmark = made.needs_fonts


def verify(data: bytes) -> Verification:
    return verification.verify(data, made.authority().certificate)


def test_our_paper_is_intact_and_says_who_and_when_and_which():
    found = verify(made.signed())
    sha256 = made.sealed(sample.document()).sha256
    assert found == Verification(True, Reason.INTACT, "Dr A. Weber", sample.SIGNED_AT, sha256, seal.check_code(sha256))


def test_the_signed_paper_keeps_its_claims_and_its_tagged_field():
    with pikepdf.open(BytesIO(made.signed())) as file:
        with file.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == (
                "3",
                "A",
                "1",
            )
        widget = file.Root.AcroForm.Fields[0]
        assert str(widget.TU) == "Signature"
        form = pikepdf.NumberTree(file.Root.StructTreeRoot.ParentTree)[int(widget.StructParent)]
        assert pikepdf.Name.Form == form.S
        assert form.K[0].Type == pikepdf.Name.OBJR
        assert form.K[0].Obj.objgen == widget.objgen
        assert file.pages[-1].obj.Tabs == pikepdf.Name.S


def test_signing_leaves_the_metadata_as_the_compiler_made_and_checked_it():
    with (
        pikepdf.open(BytesIO(made.signed())) as after,
        pikepdf.open(BytesIO(made.paper(sample.document(), b"{}"))) as before,
    ):
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()


def test_one_changed_byte_is_found_wherever_it_is():
    whole = made.signed()
    chance = random.Random(20251014)
    anywhere = chance.sample(range(len(whole)), 200)
    # The place of the signature itself is covered by no signature, so it is tried closely, here and below.
    first = whole.index(b"/Contents <30") + len(b"/Contents ")
    for position in (*anywhere, *range(first, whole.index(b">", first) + 1, 12)):
        changed = bytearray(whole)
        changed[position] ^= 1 << chance.randrange(8)
        assert not verify(bytes(changed)).intact, position


def test_one_changed_bit_inside_the_certificate_or_signature_is_found():
    whole = made.signed()
    first = whole.index(b"/Contents <30") + len(b"/Contents <")
    last = whole.index(b">", first)
    held = bytes.fromhex(whole[first:last].decode())
    for position in range(len(held.rstrip(b"\0"))):
        changed = bytearray(held)
        changed[position] ^= 1 << position % 8
        assert not verify(whole[:first] + changed.hex().upper().encode() + whole[last:]).intact, position


def test_bytes_after_the_signature_are_found():
    assert not verify(made.signed() + b"\n% more\n").intact


def test_a_later_change_by_a_program_is_found():
    with pikepdf.open(BytesIO(made.signed())) as file:
        file.docinfo["/Title"] = "Another opinion"
        changed = BytesIO()
        file.save(changed)
    assert not verify(changed.getvalue()).intact


def test_paper_signed_under_another_authority_is_not_ours():
    other = certificates.new_authority("Another service", at=sample.SIGNED_AT - timedelta(days=1))
    assert verification.verify(made.signed(), other.certificate).reason is Reason.OTHER_SIGNER


def test_an_authority_of_the_same_name_is_still_another():
    twin = certificates.new_authority("Consilia test service", at=sample.SIGNED_AT - timedelta(days=1))
    assert verification.verify(made.signed(), twin.certificate).reason is Reason.OTHER_SIGNER


def test_a_certificate_that_was_not_valid_then_is_refused():
    late = pades.sign(
        made.paper(sample.document()),
        made.signer(),
        at=sample.SIGNED_AT + timedelta(days=certificates.EXPERT_DAYS + 30),
        label="Signature",
    )
    assert verify(late).reason is Reason.OTHER_SIGNER


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\x00" * 4096, b"%PDF-1.7\n%%EOF", b"PK\x03\x04"])
def test_what_is_no_pdf_gets_a_verdict(data: bytes):
    assert verify(data).reason is Reason.UNREADABLE


def test_a_cut_paper_gets_a_verdict():
    whole = made.signed()
    for length in range(1000, len(whole), len(whole) // 23):
        assert not verify(whole[:length]).intact


def test_paper_without_a_signature_says_so():
    assert verify(made.paper(sample.document())).reason is Reason.NOT_SIGNED


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig (package poppler-utils) is not installed")
def test_another_reader_finds_the_signature_valid(tmp_path: Path):
    file = tmp_path / "opinion.pdf"
    file.write_bytes(made.signed())
    said = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    changed = bytearray(made.signed())
    changed[len(changed) // 3] ^= 1
    file.write_bytes(bytes(changed))
    said = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." not in said
