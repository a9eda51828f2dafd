"""Prints the settings that `aca-py start` reads from its environment, by name and kind, as the JSON that settings.json holds:

    pip download acapy-agent==1.7.0 --no-deps --ignore-requires-python --dest /tmp
    python3 config/acapy/settings.py /tmp/acapy_agent-1.7.0-py3-none-any.whl > config/acapy/settings.json

Reads the source in the wheel (acapy_agent/config/argparse.py), and imports none of it.
"""

import ast
import json
import re
import sys
import zipfile


def main(wheel: str) -> None:
    version = re.search(r"acapy_agent-([^-]+)-", wheel).group(1)
    with zipfile.ZipFile(wheel) as archive:
        source = archive.read("acapy_agent/config/argparse.py").decode()
    tree = ast.parse(source)
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
    }
    settings = {
        name: kind
        for group in tree.body
        if isinstance(group, ast.ClassDef) and "CAT_START" in decorators(group)
        for name, kind in settings_of(group, constants)
    }
    lines = [f"        {json.dumps(name)}: {json.dumps(kind)}" for name, kind in sorted(settings.items())]
    print("{\n" + f'    "version": {json.dumps(version)},\n    "settings": {{\n' + ",\n".join(lines) + "\n    }\n}")


def decorators(group: ast.ClassDef) -> str:
    return " ".join(ast.unparse(decorator) for decorator in group.decorator_list)


def settings_of(group: ast.ClassDef, constants: dict):
    for call in ast.walk(group):
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "add_argument":
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            if "env_var" in given:
                yield given["env_var"].value, kind_of(given, constants)


def kind_of(given: dict, constants: dict):
    """flag, integer, size, text; or a list of choices."""
    if "action" in given and given["action"].value == "store_true":
        return "flag"
    if "choices" in given:
        return [e.value if isinstance(e, ast.Constant) else constants[e.id] for e in given["choices"].elts]
    kind = ast.unparse(given["type"]) if "type" in given else "str"
    return {"BoundedInt": "integer", "ByteSize": "size"}.get(kind.split("(")[0], "text")


if __name__ == "__main__":
    main(sys.argv[1])
