"""One script out of a module and all that it imports, for a page that is saved as one file.

Only the forms of import and export that our own modules use are known; any other is an error, so
that a copy is whole or is not made.
"""

from __future__ import annotations

import re
from pathlib import Path

_IMPORT = re.compile(r'^import\s+([^;"]+?)\s+from\s+"([^"]+)";\n', re.MULTILINE)
_PASSED_ON = re.compile(r'^export \{([^}]+)\} from "([^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ((?:async )?(?:function\*?|const|let|class)) (\w+)", re.MULTILINE)
_LEFT_OVER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_UNSAFE = re.compile(r"</script|<!--", re.IGNORECASE)


def make_bundle(folder: Path, entry: str) -> str:
    """Return the script that does what the module *entry* of *folder* does."""
    modules: dict[str, str] = {}
    _add_module(folder.resolve(), (folder / entry).resolve(), modules, ())
    script = "\n".join(['"use strict";', "const modules = {};", *modules.values()])
    found = _UNSAFE.search(script)
    if found:
        raise ValueError(f"{entry}: {found[0]} cannot stand in a page")
    return script


def _add_module(
    folder: Path, path: Path, modules: dict[str, str], importers: tuple[Path, ...]
) -> None:
    """Add a module after the ones that it imports."""
    name = path.relative_to(folder).as_posix()
    if name in modules:
        return
    if path in importers:
        raise ValueError(f"{name} imports itself")
    source = path.read_text()
    for _, other in _IMPORT.findall(source) + _PASSED_ON.findall(source):
        _add_module(folder, (path.parent / other).resolve(), modules, (*importers, path))
    modules[name] = _wrap(folder, path, name, source)


def _wrap(folder: Path, path: Path, name: str, source: str) -> str:
    def place(other: str) -> str:
        return f'modules["{(path.parent / other).resolve().relative_to(folder).as_posix()}"]'

    def take(match: re.Match[str]) -> str:
        names, other = match[1], place(match[2])
        if names.startswith("* as "):
            return f"const {names.removeprefix('* as ')} = {other};\n"
        return f"const {names.replace(' as ', ': ')} = {other};\n"

    exported = [found[1] for found in _EXPORT.findall(source)]
    for names, other in _PASSED_ON.findall(source):
        exported += [f"{item.strip()}: {place(other)}.{item.strip()}" for item in names.split(",")]
    body = _PASSED_ON.sub("", _IMPORT.sub(take, source))
    body = _EXPORT.sub(r"\1 \2", body)
    left = _LEFT_OVER.search(body)
    if left:
        raise ValueError(f"{name}: {left[0]} is not understood")
    return f'modules["{name}"] = (() => {{\n{body}\nreturn {{ {", ".join(exported)} }};\n}})();'
