"""Trains and converts the models that Ridgepoint ships. Every command runs as `python -m training.<name>` from the project root."""
