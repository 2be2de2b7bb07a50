"""How other processes of the same user speak to the running vcam.

``folder`` is where both meet and ``endpoint`` the file there that says how; ``channel`` is
the only file that knows sockets; ``client`` the light half that a command imports;
``server`` the half inside the running vcam, with a ``conversation`` per connection, and an
``errand`` for a command that looks at files first; ``verbs`` what it can do; and
``instance`` makes sure that there is one.
"""
