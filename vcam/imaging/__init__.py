"""Pictures and videos as files: decoded, checked, resized, put on a sheet."""
