import { expect } from "chai";
import { IDENTITY, identity, identityWith } from "../../../automation/commands";
import { type Command, defineCommand, type Group, isGroup } from "../../../automation/commands/cli/define";
import { parse } from "../../../automation/commands/cli/run";
import type { CommandContext } from "../../../automation/shared/context";
import { Exit, UsageError } from "../../../automation/shared/errors";

function context() {
    const said = { out: "", err: "" };
    const abort = new AbortController();
    const given = {
        root: process.cwd(),
        out: (text: string) => void (said.out += text),
        err: (text: string) => void (said.err += text),
        signal: abort.signal,
    } as unknown as CommandContext;
    return { said, abort, given };
}

/** Every command that a help names, with the words that lead to it. */
const commandsOf = (group: Group, path: readonly string[] = []): (readonly [string[], Command])[] =>
    Object.entries(group.commands).flatMap(([name, entry]) =>
        isGroup(entry) ? commandsOf(entry, [...path, name]) : entry.hidden ? [] : [[[...path, name], entry] as const],
    );

describe("the declaration of", () => {
    for (const [words, command] of commandsOf(IDENTITY)) {
        const name = words.join(" ");

        it(`${name} has a help of a hundred columns, with its options, examples and exit codes`, async () => {
            const { said, given } = context();
            expect(await identity([...words, "--help"], given)).to.equal(0);
            expect(said.err).to.equal("");
            expect(said.out)
                .to.match(new RegExp(`^Usage: identity ${name}\\b`))
                .and.to.contain("Exit codes:\n  0    ");
            for (const line of said.out.split("\n")) expect(line.length, line).to.be.at.most(100);
            for (const option of Object.keys(command.options ?? {})) {
                const flag = option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
                expect(said.out).to.match(new RegExp(`^ +--(no-)?${flag}\\b`, "m"));
            }
        });

        it(`${name} has examples that are taken as they stand`, () => {
            expect(command.examples).not.to.be.empty;
            for (const [line] of command.examples.filter(([text]) => text.startsWith("npx identity "))) {
                const typed = line
                    .replace(/ (>>?|\|) .*$/, "")
                    .split(" ")
                    .slice(2);
                expect(parse(typed, IDENTITY, context().given)?.command, line).to.equal(command);
            }
        });
    }
});

describe("a command line", () => {
    const read = async (...words: string[]) => {
        let input: unknown;
        const trial = defineCommand({
            summary: "tries what a declaration can say",
            options: {
                name: { value: "name", default: "dev", help: "text" },
                count: { value: "number", parse: Number, help: "a value that is parsed" },
                tag: { value: "tag", repeatable: true, help: "several" },
                dryRun: { help: "a switch" },
                deploy: { default: true, help: "a switch that is on" },
                color: { help: "on", negated: "off" },
            },
            arguments: {
                first: { required: true, help: "one" },
                command: { repeatable: true, help: "another command" },
            },
            examples: [],
            run: (given) => Promise.resolve(((input = given), 0)),
        });
        const { said, given } = context();
        const code = await identity(["trial", ...words], given, identityWith({ trial }));
        return code === 0 ? input : [code, said.err];
    };
    const SILENT = { name: "dev", count: undefined, tag: [], dryRun: false, deploy: true, color: undefined };

    it("gives a command its options and arguments by name, with their defaults", async () => {
        expect(await read("a")).to.deep.equal({ ...SILENT, first: "a", command: [] });
        expect(
            await read(
                "a",
                "--count",
                "3",
                "--tag",
                "x",
                "--tag=y",
                "--dry-run",
                "--no-deploy",
                "--no-color",
                "--name",
                "p",
            ),
        ).to.deep.equal({
            name: "p",
            count: 3,
            tag: ["x", "y"],
            dryRun: true,
            deploy: false,
            color: false,
            first: "a",
            command: [],
        });
    });

    it("leaves what follows -- to the other command", async () => {
        expect(await read("a", "--", "ls", "--name", "--", "x")).to.deep.equal({
            ...SILENT,
            first: "a",
            command: ["ls", "--name", "--", "x"],
        });
    });

    it("is refused with an exit code of its own where its words are wrong", async () => {
        expect(await read()).to.deep.equal([
            2,
            "missing required argument 'first'\nnpx identity trial --help says what there is\n",
        ]);
        const { said, given } = context();
        expect(await identity(["plan", "--", "--stack", "dev"], given)).to.equal(2);
        expect(said.err).to.match(/^argument sections: --stack is not one of /);
    });

    it("ends with the exit code of what went wrong, and a stack trace for a bug alone", async () => {
        const endOf = async (error: unknown, interrupted = false) => {
            const failing = defineCommand({
                summary: "fails",
                examples: [],
                run: () => Promise.reject(error as Error),
            });
            const { said, abort, given } = context();
            if (interrupted) abort.abort();
            const code = await identity(["failing"], given, identityWith({ failing }));
            return [code, said.err];
        };
        const denied = Object.assign(new Error("not authorized"), { name: "AccessDeniedException", $metadata: {} });
        expect(await endOf(denied)).to.deep.equal([1, "AWS: not authorized (AccessDeniedException)\n"]);
        expect(await endOf(new UsageError("no"))).to.deep.equal([2, "no\n"]);
        expect(await endOf(new Exit(5, "locked"))).to.deep.equal([5, "locked\n"]);
        expect((await endOf(new TypeError("a bug")))[1]).to.match(/^TypeError: a bug\n +at /);
        expect(await endOf(new Error("whatever failed by that"), true)).to.deep.equal([130, ""]);
        expect(await endOf(new Exit(4, "nothing was changed"), true)).to.deep.equal([130, "nothing was changed\n"]);
    });
});
