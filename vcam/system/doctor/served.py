"""Every system: the picture that is served to programs, where that is wanted."""

from collections.abc import Iterator

from vcam.local.channel import LOOPBACK, listen_for_browser
from vcam.outputs.options import USUAL_PORT
from vcam.system.doctor.finding import Finding
from vcam.system.doctor.host import Host
from vcam.translation import tr


def served(host: Host) -> Iterator[Finding]:
    """Where programs of the user read what is on air; not the secret part of it."""
    port = host.served_port()
    if not port:
        return
    where = f"{LOOPBACK}:{port}"
    if host.vcam_runs():
        what = tr("is at {where}; `vcam status` says the whole address", where=where)
        yield Finding("served picture", True, what, needed_for_main_job=False)
    elif _is_free(port):
        what = tr("will be at {where} when vcam runs", where=where)
        yield Finding("served picture", True, what, needed_for_main_job=False)
    else:
        yield Finding(
            "served picture",
            False,
            tr("cannot be at {where}: another program uses that port", where=where),
            tr(
                "End that program, or choose another port: `vcam set serve={port}`",
                port=port + 1 if port == USUAL_PORT else USUAL_PORT,
            ),
            needed_for_main_job=False,
        )


def _is_free(port: int) -> bool:
    try:
        for listener in listen_for_browser(port):
            listener.close()
    except OSError:
        return False
    return True


CHECKS = (served,)
