"""The databases these tests run on."""

from tests.election_ground import each_engine, engine

__all__ = ["each_engine", "engine"]
