"""Why the system refuses something, in the user's language.

Python has what the C library says, which is English, except for errors of Windows itself.
The C library would translate it for the whole process, and with it what vcam reads: the
complaint of the loader about a missing library.
"""

from vcam.translation import tr, translatable

KNOWN = (
    translatable("Operation not permitted"),
    translatable("No such file or directory"),
    translatable("Input/output error"),
    translatable("No such device or address"),
    translatable("Bad file descriptor"),
    translatable("Resource temporarily unavailable"),
    translatable("Cannot allocate memory"),
    translatable("Permission denied"),
    translatable("Device or resource busy"),
    translatable("File exists"),
    translatable("No such device"),
    translatable("Not a directory"),
    translatable("Is a directory"),
    translatable("Invalid argument"),
    translatable("Too many open files"),
    translatable("Inappropriate ioctl for device"),
    translatable("File too large"),
    translatable("No space left on device"),
    translatable("Read-only file system"),
    translatable("Broken pipe"),
    translatable("File name too long"),
    translatable("Directory not empty"),
    translatable("Too many levels of symbolic links"),
    translatable("Exec format error"),
    translatable("Operation not supported"),
    translatable("Address already in use"),
    translatable("Cannot assign requested address"),
    translatable("Connection refused"),
    translatable("Connection reset by peer"),
    translatable("Connection timed out"),
    translatable("Stale file handle"),
    translatable("Disk quota exceeded"),
    # These are FFmpeg's.
    translatable("Invalid data found when processing input"),
    translatable("End of file"),
    translatable("Decoder not found"),
    translatable("Encoder not found"),
)
"""What Linux and FFmpeg say most; anything else stays as it is."""


def reason(error: Exception) -> str:
    """What the system or FFmpeg says about it, or else what ``error`` itself says."""
    said = getattr(error, "strerror", None)
    return tr(said) if said in KNOWN else str(said or error)
