"""How other processes of the same user speak to the running vcam.

Both meet in the folder of :mod:`vcam.local.runtime_folder`, where ``endpoint`` is the file
that says how; ``client`` is the light half that a command imports; ``server`` the half
inside the running vcam, with a ``session`` for every connection; ``handlers`` what each
request does; and ``instance`` makes sure that only one vcam runs.
"""
