"""The demonstration: a fictional leisure trust run through the services of a real one."""
