"""What the producer is doing, and what is said when it takes too long."""

from enum import Enum

from vcam.translation import translatable


class Step(Enum):
    """What the producer is doing.  The value is what is reported when it takes too long:
    what is wrong, and what to do."""

    START = (
        translatable("The camera does not start"),
        translatable("Start vcam again; see the log for details"),
    )
    OPEN = (
        translatable("The camera does not open"),
        translatable("Unplug it and plug it in again, or choose another camera"),
    )
    READ = (
        translatable("The camera has stopped responding"),
        translatable("Unplug it and plug it in again, or choose another camera"),
    )
    PROCESS = (
        translatable("A picture takes too long to process"),
        translatable("Try `vcam set preset=light`, or another background"),
    )
    WAIT = (
        translatable("The camera does not start again"),
        translatable("Start vcam again; see the log for details"),
    )
