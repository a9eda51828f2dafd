import { readFileSync } from "node:fs";
import path from "node:path";

/**
 * The namespaces of a stack's configuration that somebody reads: the packages of Pulumi that package.json names, with Pulumi's own. Another
 * provider in a program of one's own is among its dependencies.
 */
export function packages(): string[] {
    const { dependencies = {} } = JSON.parse(readFileSync(path.join(__dirname, "../package.json"), "utf8")) as {
        dependencies?: Record<string, string>;
    };
    return [
        "pulumi",
        ...Object.keys(dependencies).flatMap(
            (name) => /(?:^|\/)pulumi-([\w-]+)$|^@pulumi\/([\w-]+)$/.exec(name)?.slice(1).filter(Boolean) ?? [],
        ),
    ];
}
