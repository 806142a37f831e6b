"""Where `mudawwana` starts: it runs the command and says in one line what a person can mend."""

from __future__ import annotations

import errno
import os
import sys

from corpus.cli.output import FAILED, USAGE, say

INTERRUPTED = 130

_FREE = "free some, then run the same command again: what is complete is kept"
_PERMIT = "give yourself permission, or name another folder"
_REMEDIES = {
    errno.ENOSPC: _FREE,
    errno.EDQUOT: _FREE,
    errno.EFBIG: "this system or account lets no file grow so large (ulimit -f)",
    errno.EACCES: _PERMIT,
    errno.EPERM: _PERMIT,
    errno.EROFS: "make it writable, or work on a copy",
    errno.EMFILE: "let this account open more (ulimit -n)",
    errno.ENFILE: "too many are open on the whole system; try again later",
    errno.EIO: "the device may be failing; copy what is on it elsewhere",
    errno.ENAMETOOLONG: "give a shorter one",
}
"""What to do about an error of the operating system that is nobody's mistake in the program."""

_NAMED = (FileNotFoundError, FileExistsError, NotADirectoryError, IsADirectoryError)


def main() -> None:
    """Run the command; errors that a person can mend end with one message and status 1 or 2."""
    # The build has a process for each core; further threads for small products of matrices cost twice and gain nothing.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        _run()
    except KeyboardInterrupt:
        _say_interrupted()
        sys.exit(INTERRUPTED)
    except SystemExit as end:  # the command line turns an interrupt into this
        if end.code == INTERRUPTED:
            _say_interrupted()
        raise
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    except OSError as error:
        message = explain_os_error(error)
        if message is None:
            raise
        say(f"mudawwana: {message}")
        sys.exit(FAILED)


def _run() -> None:
    from annotation.preannotate.protocol import AnnotatorError
    from corpus.cli.app import app
    from corpus.config import ConfigError
    from corpus.ingest import SourceError
    from corpus.release.versions import ReleaseError, VersionError
    from corpus.store import StoreError
    from schemas.ontology import OntologyError

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app()
    except (ConfigError, SourceError, VersionError) as error:
        say(f"mudawwana: {error}")
        sys.exit(USAGE)
    except (StoreError, OntologyError, AnnotatorError, ReleaseError) as error:
        say(f"mudawwana: {error}")
        sys.exit(FAILED)


def explain_os_error(error: OSError) -> str | None:
    """What the operating system refused, where, and what to do; None where the program itself may be at fault.

    An error without a number of the system's is a library's own and is not explained, nor is one about a file that is
    there or is not, unless it names the file.
    """
    if error.errno is None:
        return None
    remedy = _REMEDIES.get(error.errno)
    if remedy is None and not (isinstance(error, _NAMED) and error.filename):
        return None
    problem = os.strerror(error.errno)
    where = f": {os.fsdecode(error.filename)}" if isinstance(error.filename, str | bytes) else ""
    return f"{problem[0].lower()}{problem[1:]}{where}" + (f"; {remedy}" if remedy else "")


def unwritable(error: OSError) -> bool:
    """Whether nothing can be written where it was tried: no permission, a read-only or a full file system."""
    return error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT)


def _say_interrupted() -> None:
    say("mudawwana: interrupted; run the same command again to go on")
