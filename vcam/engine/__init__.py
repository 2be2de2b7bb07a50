"""The live camera: the threads that read, process and publish, and their owner."""
