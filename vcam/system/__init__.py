"""What the machine needs: the doctor, the setup, starting at login."""
