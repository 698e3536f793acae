"""The Belenios voting protocol, cryptographic version 1: a module per chapter of the specification.

Everything here is pure: bytes in, bytes out. What is wrong raises a ProtocolError that says what
and where.
"""
