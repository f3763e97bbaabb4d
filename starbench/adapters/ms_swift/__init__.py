"""The ms-swift plug has a folder to itself.

ms-swift puts the folder of a plugin first on ``sys.path``; beside ``trl.py`` and ``verl.py`` the plugin would hide the
libraries of those names.
"""
