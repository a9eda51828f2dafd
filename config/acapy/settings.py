"""Prints the settings that `aca-py start` reads from its environment, as the JSON that settings.json holds: the releases, the oldest
first; each setting by name and kind, as in the newest one; and the release that a setting came with, where the oldest has it not.

    for release in 1.6.2 1.7.0; do pip download acapy-agent==$release --no-deps --ignore-requires-python --dest /tmp; done
    python3 config/acapy/settings.py /tmp/acapy_agent-1.6.2-*.whl /tmp/acapy_agent-1.7.0-*.whl > config/acapy/settings.json

Reads the source in each wheel (acapy_agent/config/argparse.py), and imports none of it.
"""

import ast
import json
import re
import sys
import zipfile


def main(wheels: list[str]) -> None:
    releases = {re.search(r"acapy_agent-([^-]+)-", wheel).group(1): read(wheel) for wheel in wheels}
    names = sorted({name for settings in releases.values() for name in settings})
    first = {name: next(release for release, settings in releases.items() if name in settings) for name in names}
    newest = list(releases.values())[-1]
    kept = [name for name in names if name in newest]
    print("{")
    print(f'    "releases": {json.dumps(list(releases))},')
    print(f'    "settings": {entries({name: newest[name] for name in kept})},')
    print(f'    "since": {entries({name: first[name] for name in kept if first[name] != list(releases)[0]})}')
    print("}")


def entries(values: dict) -> str:
    return "{\n" + ",\n".join(f"        {json.dumps(name)}: {json.dumps(value)}" for name, value in values.items()) + "\n    }"


def read(wheel: str) -> dict:
    with zipfile.ZipFile(wheel) as archive:
        source = archive.read("acapy_agent/config/argparse.py").decode()
    tree = ast.parse(source)
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
    }
    return {
        name: kind
        for group in tree.body
        if isinstance(group, ast.ClassDef) and "CAT_START" in decorators(group)
        for name, kind in settings_of(group, constants)
    }


def decorators(group: ast.ClassDef) -> str:
    return " ".join(ast.unparse(decorator) for decorator in group.decorator_list)


def settings_of(group: ast.ClassDef, constants: dict):
    for call in ast.walk(group):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "add_argument":
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            if "env_var" in given:
                yield given["env_var"].value, kind_of(given, constants)


def kind_of(given: dict, constants: dict):
    """flag, integer, size, list, text; or a list of choices."""
    if "action" in given and given["action"].value == "store_true":
        return "flag"
    if "choices" in given:
        return [e.value if isinstance(e, ast.Constant) else constants[e.id] for e in given["choices"].elts]
    nargs = given["nargs"].value if "nargs" in given else None
    if nargs == "+" or ("action" in given and given["action"].value == "append" and nargs is None):
        return "list"
    kind = ast.unparse(given["type"]) if "type" in given else "str"
    return {"BoundedInt": "integer", "ByteSize": "size"}.get(kind.split("(")[0], "text")


if __name__ == "__main__":
    main(sys.argv[1:])
