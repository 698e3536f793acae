"""The groups of the specification, behind one interface."""

from voting.belenios.errors import UnknownParameter
from voting.belenios.groups.base import Element, Group
from voting.belenios.groups.ed25519 import Ed25519
from voting.belenios.groups.finite_field import BELENIOS_2048, RFC_3526_2048

__all__ = ["GROUP_NAMES", "Element", "Group", "get_group"]

_GROUPS: dict[str, Group] = {
    group.name: group for group in (Ed25519(), BELENIOS_2048, RFC_3526_2048)
}

GROUP_NAMES = tuple(_GROUPS)


def get_group(name: str) -> Group:
    """Return the group with this name. Raise UnknownParameter (a NotSupported) for any other."""
    group = _GROUPS.get(name)
    if group is None:
        raise UnknownParameter(f"the group {name[:40]!r} is not known")
    return group
