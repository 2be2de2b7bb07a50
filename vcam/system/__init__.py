"""What concerns the machine: the doctor, the setup, starting at login."""
