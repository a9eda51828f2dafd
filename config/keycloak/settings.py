"""Prints Keycloak's settings by name and kind, as the JSON that settings.json holds, out of what kc.sh says of itself:

    docker run --rm quay.io/keycloak/keycloak:26.7.3 start --help-all > start.txt
    docker run --rm quay.io/keycloak/keycloak:26.7.3 build --help-all > build.txt
    python3 config/keycloak/settings.py 26.7.3 start.txt build.txt > config/keycloak/settings.json

A name that ends in <…> stands for one setting for each category, header or data source. `build` are the settings that take effect
when the image is built; a node that starts with --optimized does not read them.
"""

import json
import re
import sys

NUMBERS = {"port", "max-count", "size", "requests", "threads", "milliseconds", "days", "queue-length", "max-length"}
LIST = re.compile(r"comma-separated|set of|list of|a custom one", re.IGNORECASE)
VALUES = re.compile(r"Possible values are( \(case insensitive\))?: (.*?)\. (?:[A-Z]|$)")
HELP = {"--help", "--help-all", "--import-realm", "--optimized", "--verbose"}


def options(file: str):
    """Name, placeholder and description of each option."""
    found = []
    for line in open(file, encoding="utf-8"):
        option = re.match(r"(?:-\w, )?(--[a-z0-9-]+(?:<[a-z]+>)?)(?: <(.*?)>)?(?:\s+(.*))?$", line.rstrip())
        if option:
            found.append([option[1], option[2] or "", option[3] or ""])
        elif line.startswith("    ") and found:
            found[-1][2] += " " + line.strip()
    return [option for option in found if option[0] not in HELP]


def variable(option: str) -> str:
    name, _, rest = option.removeprefix("--").partition("<")
    return "KC_" + name.upper().replace("-", "_") + (f"<{rest}" if rest else "")


def kind(placeholder: str, description: str):
    """flag, integer, text; or a list of choices, of which `(case insensitive)` in front says that capitals do as well."""
    if placeholder == "true|false":
        return "flag"
    if placeholder in NUMBERS and "file size" not in description:
        return "integer"
    values = VALUES.search(description + " ")
    if values is None or LIST.search(description):
        return "text"
    choices = [re.sub(r" \(deprecated\)", "", value).strip() for value in values[2].split(",")]
    return ["(case insensitive)", *choices] if values[1] else choices


def main(version: str, start: str, build: str) -> None:
    at_start, at_build = options(start), options(build)
    settings = {variable(name): kind(placeholder, description) for name, placeholder, description in at_start + at_build}
    lines = [f"        {json.dumps(name)}: {json.dumps(value)}" for name, value in sorted(settings.items())]
    built = [f"        {json.dumps(name)}" for name in sorted({variable(name) for name, _, _ in at_build})]
    print("{\n" + f'    "version": {json.dumps(version)},\n    "settings": {{\n' + ",\n".join(lines) + "\n    },")
    print('    "build": [\n' + ",\n".join(built) + "\n    ]\n}")


if __name__ == "__main__":
    main(*sys.argv[1:])
