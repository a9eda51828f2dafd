import { writeFileSync } from "node:fs";
import { expect } from "chai";
import { looksSecret } from "../../../policy/secrets/looks-secret";
import type { Node } from "../../../automation/convert/node";
import { CASES, converted, expected, expectedFile, textOf } from "./cases";

/** Where nothing is left to do but what the plan itself needs. */
const COMPLETE = ["grpc", "task-described", "worker-only"];

/** What stands in the heritage's file in other words: where it is said, and as what. */
const IN_OTHER_WORDS: readonly [place: RegExp, as: string][] = [
    [/^type$|services\[\d\]\.type$|fromService\.type$/, "services, scheduled_tasks, listeners, uses"],
    [
        /(interval|timeout|start_period|grace_period|stop_grace_period|deregistration_delay|kill_timeout)$/,
        "seconds as a number",
    ],
    [
        /services\.\w+\.healthcheck\.test|healthcheck\.command\[0\]|healthCheck\.command\[0\]/,
        "health_check_path, or a command without CMD in front",
    ],
    [/ports\[\d\](\.published|\.protocol)?$|portMappings\[\d\]\.protocol$/, "port: the container's side of it"],
    [/env_file(\[\d\]\.path)?$|fromGroup$/, "environment and secrets: the variables themselves"],
    [/\.cpus$|mem_limit$|\.plan$/, "cpu and memory, in Fargate's sizes"],
    [/count\.range$/, "autoscaling, min and max"],
    [/queue_delay\.(acceptable_latency|msg_processing_time)$/, "messages_per_task: the one divided by the other"],
    [/http\.stickiness$/, "sticky_seconds"],
    [/deployment\.rolling$/, "stop_first"],
    [/queue\.fifo$/, "a queue is no FIFO unless it says so"],
    [/(property|sync|generateValue)$/, "the attribute, or the source of the secret"],
    [/build\.secrets\[\d\]$/, "hidden, since it may be a secret: its key is named"],
    [/envVarKey$/, "the variable of the other service, by its name"],
    [/platform$|runtimePlatform\.(cpuArchitecture|operatingSystemFamily)$/, "architecture, of Linux on either"],
    [/\.essential$/, "first, of a container that others wait for"],
    [/secrets\[\d\]\.valueFrom$/, "parameter: the name within the ARN"],
];

/** A text as it is without the breaks of its comments. */
const plain = (text: string) => text.replaceAll(/\n\s*# (?!Left to do:|Changed:)/g, " ").replaceAll(/["'\\]/g, "");

describe("convert", () => {
    it("has 25 files and more of all kinds", () => {
        expect(CASES.length).to.be.at.least(25);
        const formats = new Set(CASES.map((name) => converted(name).format));
        expect([...formats].sort()).to.deep.equal([
            "a Copilot manifest",
            "a Procfile",
            "a barcelona.yml",
            "a compose file",
            "a fly.toml",
            "a render.yaml",
            "a task definition",
        ]);
    });

    for (const name of CASES) {
        it(`makes of ${name} what is expected`, () => {
            const text = textOf(converted(name));
            if (process.env.WRITE_EXPECTED) writeFileSync(expectedFile(name), text);
            expect(text).to.equal(expected(name));
        });

        it(`loses no line of ${name} without a word`, () => {
            const result = converted(name);
            const text = plain(textOf(result));
            const lost = result.roots.flatMap((root) => root.leaves()).filter((leaf) => !isFound(leaf, text));
            expect(lost.map(({ file, where }) => `${file} ${where}`)).to.deep.equal([]);
        });

        it(`has no secret of ${name}`, () => {
            expect(JSON.stringify(converted(name).files)).not.to.contain("not-to-be-copied");
        });
    }

    it("names what is left to do wherever there is something", () => {
        const complete = CASES.filter((name) =>
            converted(name).files.every(({ notes }) => notes.every(({ kind }) => kind !== "todo")),
        );
        expect(complete).to.deep.equal(COMPLETE);
    });
});

/** A value is in the file, in a comment, or left out with a reason; of a secret it is its name. */
function isFound(leaf: Node, text: string): boolean {
    if (leaf.reason !== undefined || leaf.isNothing) return true;
    if (IN_OTHER_WORDS.some(([place]) => place.test(leaf.where))) return true;
    const value = String(leaf.plain());
    const key = String(leaf.path.at(-1));
    const [, assigned, inner = ""] = /^([\w.-]+)=(.*)$/s.exec(value) ?? [];
    if (assigned !== undefined)
        return (
            text.includes(assigned) &&
            (looksSecret(assigned, inner) !== undefined || has(text, inner) || has(text, assigned))
        );
    if (looksSecret(key, value) !== undefined) return text.includes(key);
    if (/^not-to-be-copied/.test(value)) return true; // of { name, value }: the name is another leaf
    return (
        has(text, value) ||
        (key !== "value" &&
            typeof leaf.path.at(-1) === "string" &&
            new RegExp(`\\b${key}\\b`, "i").test(text) &&
            isNoted(leaf, text))
    );
}

/** Of a value that is written in other words, the words of its place stand in a comment or as a key. */
const isNoted = (leaf: Node, text: string): boolean =>
    text.includes(leaf.where) || text.includes(String(leaf.path.at(-1)));

function has(text: string, value: string): boolean {
    const words = value
        .replaceAll(/["'\\[\]{},]/g, " ")
        .split(/[\s:=/]+/)
        .filter(Boolean);
    return words.every((word) => text.includes(word.replaceAll(/\uE000(\w+)\uE000/g, "${$1}")));
}
