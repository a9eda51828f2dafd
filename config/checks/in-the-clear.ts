/** Plain values that look like a secret: commands, options of plugins, tags, labels. */
import { looksSecret } from "../../policy/secrets/looks-secret";
import { secretInValue } from "../../policy/secrets/values";
import type { PlatformConfig } from "../defaults";
import { keyOf, type Path, type Problem } from "./common";

/** Keys that other checks judge, by name as well, and keys whose values are encrypted or public. */
const ELSEWHERE = ["environment", "args", "notSecret", "value", "privateKey", "pem", "genesisUrl"];

export function checkInTheClear(config: PlatformConfig): Problem[] {
    return [...formProblems([], config), ...optionProblems(config)];
}

function formProblems(path: Path, value: unknown): Problem[] {
    if (typeof value === "string") {
        const form = secretInValue(value);
        if (form === undefined) return [];
        return [
            {
                path,
                what: `looks like ${form}, and is in the clear`,
                fix: "under secrets, in a variable that is read there; and another one, since this one has been in a file",
            },
        ];
    }
    if (value === null || typeof value !== "object") return [];
    return Object.entries(value).flatMap(([key, inner]) =>
        // The top-level `environment` is dev or prod.
        ELSEWHERE.includes(key) && path.length > 0
            ? []
            : formProblems([...path, Array.isArray(value) ? Number(key) : key], inner),
    );
}

/** Names of options of the log router that hold a secret: `http_Passwd`, `apikey`. */
function optionProblems({ plugins, heritages }: PlatformConfig): Problem[] {
    const all: [Path, PlatformConfig["plugins"]][] = [
        [["plugins"], plugins],
        ...Object.entries(heritages).map(([name, heritage]): [Path, PlatformConfig["plugins"]] => [
            ["heritages", name, "plugins"],
            heritage.plugins,
        ]),
    ];
    return all.flatMap(([path, used]) =>
        Object.entries(used?.firelens?.options ?? {}).flatMap(([option, value]) => {
            const why = secretInValue(value) === undefined ? looksSecret(option, value) : undefined;
            if (why === undefined) return [];
            return [
                {
                    path: [...path, "firelens", "options", option],
                    what: `looks like a secret, and options are in the clear: ${why}`,
                    fix: `${keyOf(path, "secretOptions")}.${option}, with a source`,
                },
            ];
        }),
    );
}
