"""The icon in the tray: switch the background from where every desktop shows programs.

``front`` runs it all.  What is shown: ``menu`` (with ``backgrounds``, ``cameras`` and
``lines``) makes of settings, status and ``surroundings`` the plain values of ``model``, and
``news`` what is worth a notification.  What is clicked: ``actions``, which ``doing``
executes, with ``children`` for programs and ``desktop`` for files.  Where: on Linux
``notifier`` (with ``dbus``, ``dbusmenu``, ``bubbles`` and ``absence``), elsewhere
``pystray_tray`` with ``windows`` and ``macos``; ``opening`` chooses.
"""
