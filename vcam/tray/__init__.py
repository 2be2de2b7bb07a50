"""The icon in the tray: switch the background from where every desktop shows programs.

``controller`` runs it all.  What is shown: ``menu`` (with ``backgrounds``, ``cameras``,
``cures`` and ``menu_items``) makes of settings, status and ``menu_sources`` the plain
values of ``model``, and ``news`` what is worth a notification.  What is clicked:
``actions``, which ``action_runner`` executes, with ``subprocesses`` for programs and
``desktop`` for files.  Where: on Linux ``notifier`` (with ``dbus``, ``status_item``,
``dbusmenu``, ``notifications`` and ``no_tray``), elsewhere ``pystray_tray`` with
``windows`` and ``macos``; ``factory`` chooses.
"""
