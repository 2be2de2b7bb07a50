"""How other processes of the same user speak to the running vcam.

``folder`` is where both meet, ``channel`` the only file that knows sockets, ``client`` the
light half that a command imports, ``server`` the half inside the running vcam, ``verbs``
what it can do, and ``instance`` makes sure that there is one.
"""
