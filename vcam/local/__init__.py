"""What is of this machine and this user alone: sockets, and a private folder.

``channel`` is the only file that knows sockets, and ``runtime_folder`` the folder that
nobody else can look into.
"""
