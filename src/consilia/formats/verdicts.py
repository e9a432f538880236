"""Verdicts: the closed list of what a file is after reading, and one clear sentence for every reason."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Verdict(StrEnum):
    """What became of one file; the original is kept whatever the verdict says."""

    READ = "read"
    ARCHIVE = "archive"  # to be unpacked; its members get verdicts of their own
    UNPACKED = "unpacked"  # a member that was taken out of its archive and waits to be read
    NOT_READ_YET = "not_read_yet"
    UNREADABLE = "unreadable"
    TRUNCATED = "truncated"
    ENCRYPTED = "encrypted"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    BOMB = "bomb"
    REFUSED = "refused"  # an archive entry that may not be taken out
    IGNORED = "ignored"
    LIMIT = "limit"  # the child that read it was stopped


class Reason(StrEnum):
    """Why; stable codes, each with a sentence in SENTENCES."""

    NONE = "none"
    SCAN = "scan"
    NO_PIXELS = "no_pixels"
    UNVERIFIED = "unverified"
    # not read yet
    XML = "xml"
    DOCTYPE = "doctype"
    OFFICE = "office"
    MACROS = "macros"
    HTML = "html"
    JSON = "json"
    HEALTH_LINK = "health_link"
    FHIR_KIND = "fhir_kind"
    PICTURE_KIND = "picture_kind"
    SOUND_OR_FILM = "sound_or_film"
    ARCHIVE_KIND = "archive_kind"
    # unreadable
    UNKNOWN_FORMAT = "unknown_format"
    DAMAGED = "damaged"
    DAMAGED_ARCHIVE = "damaged_archive"
    BAD_UID = "bad_uid"
    META_DIFFERS = "meta_differs"
    BAD_JSON = "bad_json"
    NOT_A_NUMBER = "not_a_number"
    DUPLICATE_KEYS = "duplicate_keys"
    IMPOSSIBLE_DATE = "impossible_date"
    NO_SUCH_PAGE = "no_such_page"
    CANNOT_BE_SHOWN = "cannot_be_shown"
    PARSER_FAILED = "parser_failed"
    # truncated, encrypted, empty
    CUT_OFF = "cut_off"
    PASSWORD = "password"  # noqa: S105 - a reason, not a secret
    NO_BYTES = "no_bytes"
    NO_CONTENT = "no_content"
    # too large
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_PAGES = "too_many_pages"
    PAGE_TOO_LARGE = "page_too_large"
    TOO_MANY_BYTES = "too_many_bytes"
    TOO_MANY_ENTRIES = "too_many_entries"
    TOO_MANY_ELEMENTS = "too_many_elements"
    TOO_DEEP = "too_deep"
    ARCHIVE_TOO_DEEP = "archive_too_deep"
    BUDGET_SPENT = "budget_spent"
    # bomb
    RATIO = "ratio"
    OVERLAP = "overlap"
    # refused
    PATH_TRAVERSAL = "path_traversal"
    SYMLINK = "symlink"
    SPECIAL_FILE = "special_file"
    CONTROL_CHARACTERS = "control_characters"
    NAME_TOO_LONG = "name_too_long"
    # ignored
    FOLDER = "folder"
    PROGRAM = "program"
    AUTORUN = "autorun"
    VIEWER = "viewer"
    SYSTEM_FILE = "system_file"
    LOCK_FILE = "lock_file"
    CD_INDEX = "cd_index"
    STYLESHEET = "stylesheet"
    # limit
    OUT_OF_MEMORY = "out_of_memory"
    OUT_OF_TIME = "out_of_time"
    CHILD_DIED = "child_died"


def gettext_noop(message: str) -> str:
    """Marks a sentence for extraction; the interface translates it when it shows it."""
    return message


_ = gettext_noop

# What happened, what was kept, what to do next.
SENTENCES: Final[dict[Reason, str]] = {
    Reason.NONE: _("The file was read."),
    Reason.SCAN: _("This is a picture of paper without text in it. It is kept and shown page by page."),
    Reason.NO_PIXELS: _("This DICOM file holds no picture. It is kept; its header was read."),
    Reason.UNVERIFIED: _(
        "This is a signed health card. Its contents were read; who signed it was not checked, because that needs the "
        "issuer's key."
    ),
    Reason.HEALTH_LINK: _(
        "This is a link to health data, not the data. Links are never followed here; please open it and add the file "
        "that it leads to."
    ),
    Reason.XML: _(
        "This is an XML file of a kind we do not read yet. It is kept; if you have it as a PDF, add that too."
    ),
    Reason.DOCTYPE: _(
        "This XML file brings its own grammar, as files made to do harm do, so it was not opened. It is kept; if you "
        "have it as a PDF, add that too."
    ),
    Reason.OFFICE: _(
        "This is an office document of a kind we do not read yet. It is kept; please save it as a PDF and add that too."
    ),
    Reason.MACROS: _(
        "This document can hold programs (macros), so it was not opened. It is kept; please save it as a PDF "
        "and add that too."
    ),
    Reason.HTML: _("This is a web page. It is kept, but not read yet; please print it to a PDF and add that too."),
    Reason.JSON: _(
        "This is a data file of a kind we do not read yet. It is kept; if you have it as a PDF, add that too."
    ),
    Reason.FHIR_KIND: _(
        "This FHIR file holds no kind of record that we read. It is kept; please ask for an export of the "
        "patient's record."
    ),
    Reason.PICTURE_KIND: _(
        "This is a picture of a kind we do not read yet. It is kept; please save it as JPEG or PNG and add that too."
    ),
    Reason.SOUND_OR_FILM: _("This is a sound or film recording. It is kept, but not read yet; nothing else is needed."),
    Reason.ARCHIVE_KIND: _(
        "This is an archive of a kind we cannot unpack. It is kept; please unpack it yourself, or pack the "
        "files as a ZIP, and add that."
    ),
    Reason.UNKNOWN_FORMAT: _(
        "We could not recognise what this file is. It is kept; please add it in another form, for example as "
        "a PDF or a photo."
    ),
    Reason.DAMAGED: _(
        "The file is damaged and could not be opened. It is kept; please send it again or ask for a new copy."
    ),
    Reason.DAMAGED_ARCHIVE: _(
        "The archive is damaged; what could be taken out was taken. It is kept; please send it again or add "
        "its files one by one."
    ),
    Reason.BAD_UID: _(
        "The identifiers inside this DICOM file break the standard, so it cannot be told apart safely. It is "
        "kept; please ask the hospital for a new copy."
    ),
    Reason.META_DIFFERS: _(
        "This DICOM file names itself in two different ways. It was read and is kept; a person of the service "
        "looks at it before it is used."
    ),
    Reason.BAD_JSON: _("The data file is not well formed and was not read. It is kept; please export it again."),
    Reason.NOT_A_NUMBER: _(
        "The data file holds an impossible number and was not read. It is kept; please export it again."
    ),
    Reason.DUPLICATE_KEYS: _(
        "The data file says the same thing twice in different ways and was not read. It is kept; please "
        "export it again."
    ),
    Reason.IMPOSSIBLE_DATE: _(
        "The data file holds an impossible date and was not read. It is kept; please export it again."
    ),
    Reason.NO_SUCH_PAGE: _("The file has no such page or image. The original is kept; choose another page."),
    Reason.CANNOT_BE_SHOWN: _(
        "This image is packed in a way that cannot be displayed here. The original is kept and can be downloaded."
    ),
    Reason.PARSER_FAILED: _(
        "The file could not be read because something in it is not as the format demands. It is kept; please "
        "send it again or in another form."
    ),
    Reason.CUT_OFF: _("The end of this file is missing. What is there is kept; please send the file again, complete."),
    Reason.PASSWORD: _(
        "The file is protected by a password, so we cannot read it. It is kept; please add a copy without a password."
    ),
    Reason.NO_BYTES: _("The file is empty. Its name is kept; please send it again."),
    Reason.NO_CONTENT: _("The file could be opened, but holds nothing to read. It is kept; please send it again."),
    Reason.TOO_MANY_PIXELS: _(
        "The picture is too large to be opened safely. It is kept; please add a smaller version."
    ),
    Reason.TOO_MANY_PAGES: _("The document has too many pages. It is kept; please add it in several parts."),
    Reason.PAGE_TOO_LARGE: _(
        "A page of the document is too large to be shown. It is kept; please add it in another form."
    ),
    Reason.TOO_MANY_BYTES: _("The file is too large for its kind. It is kept; please add it in several parts."),
    Reason.TOO_MANY_ENTRIES: _(
        "The archive holds more files than one upload may hold. It is kept unopened; please send it in several parts."
    ),
    Reason.TOO_MANY_ELEMENTS: _(
        "The DICOM file holds far more entries than a real one does. It is kept unread; please ask the "
        "hospital for a new copy."
    ),
    Reason.TOO_DEEP: _(
        "The file is nested too deeply to be read safely. It is kept unread; please ask for a new copy."
    ),
    Reason.ARCHIVE_TOO_DEEP: _(
        "This archive lies inside too many other archives. It is kept unopened; please unpack it and add its files."
    ),
    Reason.BUDGET_SPENT: _(
        "The upload unpacks to more than one upload may hold. This file was not taken out; please send it by itself."
    ),
    Reason.RATIO: _(
        "This file unpacks to far more than its size, as files made to do harm do. It was not unpacked; "
        "please send the contents by themselves."
    ),
    Reason.OVERLAP: _(
        "Entries of this archive share the same bytes, as archives made to do harm do. They were not "
        "unpacked; please send the contents by themselves."
    ),
    Reason.PATH_TRAVERSAL: _(
        "This entry tries to leave its folder, so it was not taken out. The archive is kept; please add the "
        "file by itself."
    ),
    Reason.SYMLINK: _(
        "This entry only points to another file, so there was nothing to take out. Please add the file it points to."
    ),
    Reason.SPECIAL_FILE: _("This entry is not a file, so there was nothing to take out. Nothing else is needed."),
    Reason.CONTROL_CHARACTERS: _(
        "The name of this entry holds control characters, so it was not taken out. The archive is kept; "
        "please rename the file and add it."
    ),
    Reason.NAME_TOO_LONG: _(
        "The name of this entry is too long, so it was not taken out. The archive is kept; please rename the "
        "file and add it."
    ),
    Reason.FOLDER: _("This is a folder. Nothing else is needed."),
    Reason.PROGRAM: _("This is a program, not a record. It is kept aside and never started; nothing else is needed."),
    Reason.AUTORUN: _(
        "This file starts the viewer of a CD, it is not a record. It is kept aside; nothing else is needed."
    ),
    Reason.VIEWER: _(
        "This file belongs to the viewer on a CD, it is not a record. It is kept aside; nothing else is needed."
    ),
    Reason.SYSTEM_FILE: _(
        "Your computer or phone made this file for itself. It is kept aside; nothing else is needed."
    ),
    Reason.LOCK_FILE: _(
        "An office program left this file while a document was open. It is kept aside; make sure that the "
        "document itself was added."
    ),
    Reason.CD_INDEX: _(
        "This is the table of contents of a CD. The images themselves are read one by one, so it is only used"
        " as a hint."
    ),
    Reason.STYLESHEET: _("This file only says how another one looks. It is kept aside; nothing else is needed."),
    Reason.OUT_OF_MEMORY: _(
        "Reading this file took more memory than any file may take, so it was stopped. It is kept; please "
        "send it in another form."
    ),
    Reason.OUT_OF_TIME: _(
        "Reading this file took longer than any file may take, so it was stopped. It is kept; please send it "
        "in another form."
    ),
    Reason.CHILD_DIED: _(
        "The program that reads files broke off at this one. It is kept and did no harm; please send it in "
        "another form."
    ),
}


class Unreadable(Exception):
    """Raised inside a reader to end it with a verdict; `reading.read` turns it into a Reading, so it "
    "never escapes."""

    def __init__(self, verdict: Verdict, reason: Reason) -> None:
        super().__init__(f"{verdict}: {reason}")
        self.verdict = verdict
        self.reason = reason
