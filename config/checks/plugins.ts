/** Agents beside services: their images, their keys, and the collector's configuration. */
import { parseDocument } from "yaml";
import type { PlatformConfig } from "../defaults";
import { pluginSecrets } from "../plugins";
import { imageProblems, type Path, type Problem } from "./common";
import { sourceProblems } from "./variables";

export function checkPlugins(config: PlatformConfig): Problem[] {
    return [
        ...problemsOf(["plugins"], config.plugins, config),
        ...Object.entries(config.heritages).flatMap(([name, heritage]) =>
            problemsOf(["heritages", name, "plugins"], heritage.plugins, config),
        ),
    ];
}

function problemsOf(path: Path, plugins: PlatformConfig["plugins"], config: PlatformConfig): Problem[] {
    const { otel } = plugins ?? {};
    return [
        ...Object.entries(plugins ?? {}).flatMap(([name, plugin]) =>
            imageProblems([...path, name, "image"], plugin.image, config),
        ),
        ...pluginSecrets(plugins).flatMap(({ at, source }) => sourceProblems([...path, ...at], source)),
        ...(otel ? collectorProblems([...path, "otel"], otel.config, Object.keys(otel.secrets ?? {})) : []),
    ];
}

/** The collector itself would report these mistakes only in each task, after the deployment has begun. */
function collectorProblems(path: Path, config: string, secrets: string[]): Problem[] {
    const at = [...path, "config"];
    const document = parseDocument(config);
    if (document.errors.length > 0) {
        const what = `is not YAML: ${document.errors[0]!.message.split("\n")[0]}`;
        return [{ path: at, what, fix: "config: |, and the collector's own file below it" }];
    }
    const missing = ["receivers", "exporters", "service"].filter((key) => !document.has(key));
    if (missing.length > 0) {
        return [
            { path: at, what: `has no ${missing.join(", no ")}`, fix: "receivers, exporters and service.pipelines" },
        ];
    }
    const named = [...config.matchAll(/\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g)].map(([, name]) => name!);
    return [...new Set(named)]
        .filter((name) => !secrets.includes(name))
        .map((name) => ({
            path: at,
            what: `uses \${env:${name}}, and otel.secrets has no ${name}`,
            fix: `otel.secrets.${name}, with a source`,
        }));
}
