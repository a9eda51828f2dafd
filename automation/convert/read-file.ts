/** Reads a file of another tool as plain values. */
import path from "node:path";
import { parse as parseToml } from "smol-toml";
import { readText, readYaml, Unreadable } from "../../config/yaml-file";
import { UsageError } from "../shared/errors";

/** The values of a YAML, JSON or TOML file. Throws a `UsageError` with the line where it cannot be read. */
export function readPlain(file: string): unknown {
    try {
        if (/\.toml$/.test(file)) return toml(readText(file));
        return readYaml(file).plain;
    } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        const line = error.line === undefined ? "" : `, line ${error.line}`;
        throw new UsageError(
            `${path.relative(process.cwd(), file) || file}${line}: ${error.what}${error.fix === undefined ? "" : `: ${error.fix}`}`,
        );
    }
}

function toml(text: string): unknown {
    try {
        return parseToml(text);
    } catch (error) {
        const { line, message } = error as { line?: number; message: string };
        throw new Unreadable(`is no TOML: ${message.split("\n")[0]!.replace(/^Invalid TOML document: /, "")}`, line);
    }
}
