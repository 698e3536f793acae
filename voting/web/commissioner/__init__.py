"""The commissioner's desk."""
