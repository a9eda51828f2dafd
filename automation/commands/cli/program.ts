/** The parser of a command line (commander), built from the declarations of the commands. */
import { Argument, Command as Parser, type CommanderError, Option } from "commander";
import { closest } from "../../../config/nearest";
import { wrap, WIDTH } from "../../plan/text";
import type { CommandContext } from "../../shared/context";
import { UsageError } from "../../shared/errors";
import { type ArgumentSpec, type Command, type Group, isGroup, type OptionSpec } from "./define";

/** What a command line asks for. */
export interface Call {
    readonly command: Command;
    readonly input: Record<string, unknown>;
}

type Found = (call: Call) => void;

/** The parser of `identity …`. `found` hears which command a line names, and with what. */
export function parserOf(group: Group, context: Pick<CommandContext, "out" | "err" | "width">, found: Found): Parser {
    const { out, err, width = WIDTH } = context;
    const parser = new Parser("identity").enablePositionalOptions().helpOption("--help", "print this");
    parser.configureOutput({
        writeOut: out,
        writeErr: err,
        outputError: () => undefined, // told by whoever catches it
        getOutHelpWidth: () => Math.min(width, WIDTH),
        getErrHelpWidth: () => Math.min(width, WIDTH),
    });
    return fillGroup(parser, group, "npx identity", found);
}

function fillGroup(parser: Parser, group: Group, path: string, found: Found): Parser {
    describe(parser, group, path).helpCommand(false).configureHelp({ subcommandTerm: withoutOptions });
    for (const [name, entry] of Object.entries(group.commands)) {
        const child = parser.createCommand(name).copyInheritedSettings(parser);
        if (isGroup(entry)) fillGroup(child, entry, `${path} ${name}`, found);
        else fillCommand(child, entry, `${path} ${name}`, found);
        const hidden = !isGroup(entry) && entry.hidden === true;
        parser.addCommand(child, { hidden });
    }
    return parser;
}

function fillCommand(parser: Parser, command: Command, path: string, found: Found): Parser {
    const options = Object.entries(command.options ?? {});
    const positional = Object.entries(command.arguments ?? {});
    describe(parser, command, path).addHelpText("after", () => furtherHelp(command));
    for (const option of options.flatMap(([name, spec]) => optionsOf(name, spec))) parser.addOption(option);
    for (const [name, spec] of positional) parser.addArgument(argumentOf(name, spec));
    if (command.alias) parser.alias(command.alias);
    return parser.action(() => {
        const given: Record<string, unknown> = parser.opts();
        const input: Record<string, unknown> = {};
        for (const [name, spec] of options) input[name] = given[name] ?? valueWithout(spec);
        positional.forEach(([name, { repeatable }], i) => {
            input[name] = parser.processedArgs[i] ?? (repeatable ? [] : undefined);
        });
        found({ command, input });
    });
}

/** A command in the list of its group. */
const withoutOptions = (command: Parser) =>
    [command.name(), ...command.registeredArguments.map(shownArgument)].join(" ");

const shownArgument = (argument: Argument) => {
    const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
    return argument.required ? `<${name}>` : `[${name}]`;
};

/** The value of an option that is not given and has no default. */
function valueWithout({ value, repeatable, negated }: OptionSpec): unknown {
    if (repeatable) return [];
    return value === undefined && negated === undefined ? false : undefined;
}

/** What commands and groups have in common: texts, and errors that say where the help is. */
function describe(parser: Parser, { summary, description }: Command | Group, path: string): Parser {
    return parser
        .summary(summary)
        .description(description === undefined ? `${capital(summary)}.` : paragraphs(description))
        .exitOverride((error: CommanderError) => {
            if (error.exitCode === 0) throw error; // the help was printed
            if (error.code === "commander.help") throw new UsageError(`${path}: which command?`);
            throw new UsageError(`${error.message.replace(/^error: /, "")}\n${path} --help says what there is`);
        });
}

const capital = (text: string) => `${text[0]!.toUpperCase()}${text.slice(1)}`;

/** `allowReplace` as it is written on a command line. */
export const flagOf = (name: string) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function optionsOf(name: string, spec: OptionSpec): Option[] {
    const flag = flagOf(name);
    const { help, value } = spec;
    if (value === undefined) {
        const negated = flag.replace("--", "--no-");
        if (spec.default === true) return [new Option(negated, help)];
        return [new Option(flag, help), ...(spec.negated ? [new Option(negated, spec.negated)] : [])];
    }
    const option = new Option(`${flag} <${value}>`, spec.repeatable ? `${help}; may be given more than once` : help);
    if (spec.required) option.makeOptionMandatory();
    const parse = (text: string) => spec.parse?.(text, flag) ?? text;
    if (spec.repeatable) option.argParser((text, all: unknown[] | undefined) => [...(all ?? []), parse(text)]);
    else option.argParser(once(flag, parse));
    if (typeof spec.default === "string") option.default(parse(spec.default), spec.default);
    return [option];
}

/** Of two stacks, say, the second would silently be the one that a command works on. */
function once(flag: string, parse: (text: string) => unknown) {
    let before: string | undefined;
    return (text: string) => {
        if (before !== undefined && before !== text)
            throw new UsageError(`${flag} is given twice: ${before} and ${text}`);
        before = text;
        return parse(text);
    };
}

function argumentOf(name: string, { help, required, repeatable, choices }: ArgumentSpec): Argument {
    const shown = `${name}${repeatable ? "..." : ""}`;
    const argument = new Argument(required ? `<${shown}>` : `[${shown}]`, help);
    if (!choices) return argument;
    const read = choiceOf(choices, `argument ${name}`);
    if (repeatable) argument.argParser((text, all: string[] | undefined) => [...(all ?? []), read(text)]);
    else argument.argParser(read);
    argument.argChoices = [...choices]; // shown in the help
    return argument;
}

/** Reads one of the choices. commander would refuse another one without saying what was meant. */
const choiceOf = (choices: readonly string[], what: string) => (text: string) => {
    if (choices.includes(text)) return text;
    const near = closest(text, choices);
    const meant = near === undefined ? "" : ` (Did you mean ${near}?)`;
    throw new UsageError(`${what}: ${text} is not one of ${choices.join(", ")}${meant}`);
};

/** What stands below the options. */
function furtherHelp({ notes, examples, exitCodes, signals }: Command): string {
    const width = WIDTH - 2;
    const lines = (text: string) => text.split("\n").flatMap((line) => wrap(line, width));
    const interrupted = signals?.length === 0 ? {} : { 130: "interrupted" };
    const known = { 0: "done", 2: "the arguments are wrong", ...interrupted, ...exitCodes };
    const codes = Object.entries(known).flatMap(([code, meaning]) =>
        wrap(meaning, WIDTH - 7).map((line, i) => `  ${(i === 0 ? code : "").padEnd(3)}  ${line}`),
    );
    const shown = examples.flatMap(([line, what]) => [
        `  ${line}`,
        ...wrap(what, WIDTH - 6).map((text) => `      ${text}`),
    ]);
    return [
        ...(notes === undefined ? [] : ["", ...lines(paragraphs(notes))]),
        "",
        "Examples:",
        ...shown,
        "",
        "Exit codes:",
        ...codes,
    ].join("\n");
}

/** A text of the source without its line breaks; empty lines and indented lines keep theirs. */
const paragraphs = (text: string) => text.trim().replaceAll(/(?<!\n)\n(?![\n ])/g, " ");
