"""What is shown behind the person."""
