"""How other processes of the same user speak to the running vcam.

``runtime_folder`` is where both meet and ``endpoint`` the file there that says how;
``channel`` is the only file that knows sockets; ``client`` the light half that a command
imports; ``server`` the half inside the running vcam, with a ``session`` for every
connection; ``handlers`` what each request does; and ``instance`` makes sure that only one
vcam runs.
"""
