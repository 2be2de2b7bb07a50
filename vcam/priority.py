"""The priority of the threads that every picture waits for.

Beside programs that use all processors, a thread of ordinary priority gets its turn too
late for a camera.  On Linux an ordinary user may ask rtkit for a higher one, as sound
servers do.  Real-time priority is not asked for: it would stop all other programs for as
long as a frame takes.
"""

import logging
import os
import sys
import threading

log = logging.getLogger(__name__)

NICE = -5
"""Three times the share of an ordinary thread: less than sound servers take, and little
enough that the governor still notices who else needs the processor."""
ANSWER_S = 2.0
"""Longest time that rtkit's answer may take; it may have to be started."""
RTKIT = "org.freedesktop.RealtimeKit1"

_refused = threading.Event()


def raise_priority() -> None:
    """Let this thread run before ordinary ones, where that is allowed.

    It returns at once; rtkit is asked on another thread.  Who was started with another
    priority than the usual one keeps it.
    """
    if sys.platform != "linux":
        return
    thread = threading.get_native_id()
    if os.getpriority(os.PRIO_PROCESS, thread) != 0:
        return
    try:
        os.setpriority(os.PRIO_PROCESS, thread, NICE)
    except OSError:  # the usual case: root may, and who has a limit for it
        if not _refused.is_set():
            threading.Thread(
                target=_ask_rtkit, args=(thread,), name="vcam-priority", daemon=True
            ).start()


def _ask_rtkit(thread: int) -> None:
    try:
        refusal = _refusal(thread)
    except Exception as error:  # no bus, one that hangs, or one that talks nonsense
        refusal = repr(error)
    if refusal and not _refused.is_set():
        _refused.set()
        log.info("threads keep their ordinary priority: %s", refusal)


def _refusal(thread: int) -> str:
    """Why rtkit does not do it; empty if it did."""
    from jeepney import DBusAddress, HeaderFields, MessageType, Parser, new_method_call
    from jeepney.bus import get_bus
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import prep_socket

    rtkit = DBusAddress("/org/freedesktop/RealtimeKit1", RTKIT, RTKIT)
    wanted = new_method_call(rtkit, "MakeThreadHighPriority", "ti", (thread, NICE))
    # Not jeepney's connection, which waits for ever for a bus that says nothing.
    with prep_socket(get_bus("SYSTEM"), timeout=ANSWER_S) as link:
        link.settimeout(ANSWER_S)
        link.sendall(message_bus.Hello().serialise(serial=1) + wanted.serialise(serial=2))
        parser = Parser()
        while data := link.recv(4096):
            for message in parser.feed(data):
                fields, kind = message.header.fields, message.header.message_type
                if fields.get(HeaderFields.reply_serial) == 2:
                    failed = kind is MessageType.error
                    return " ".join(map(str, message.body)) or "error" if failed else ""
    return "the bus is gone"
