/**
 * How a command is declared. From a declaration come the parser, the help, the suggestions for mistyped names and the completion for
 * shells. Declarations load nothing heavy, since the help loads all of them: `run` imports what it needs.
 */
import type { CommandContext } from "../../shared/context";

/** An option. Without `value` it is a switch. */
export interface OptionSpec {
    readonly help: string;
    /** The placeholder of its value in the help, e.g. `name` for `<name>`. */
    readonly value?: string;
    /** @default undefined; a switch is off. A switch with `true` is turned off by --no-… */
    readonly default?: string | true;
    /** May be given more than once: its values become a list. @default once */
    readonly repeatable?: true;
    readonly required?: true;
    /** The help of --no-name, for a switch that has both and is undefined where neither is given. */
    readonly negated?: string;
    /** Turns the text into a value; throws a `UsageError` for what is wrong with it. `flag` is the option as it was written. */
    readonly parse?: (text: string, flag: string) => unknown;
}

/** A positional argument. */
export interface ArgumentSpec {
    readonly help: string;
    /** @default optional */
    readonly required?: true;
    /** Takes all that follow; behind `--` also what looks like an option. */
    readonly repeatable?: true;
    readonly choices?: readonly string[];
}

type Options = Readonly<Record<string, OptionSpec>>;
type Arguments = Readonly<Record<string, ArgumentSpec>>;

type Parsed<Spec> = Spec extends { parse: (text: string, flag: string) => infer Value }
    ? Value
    : Spec extends { choices: readonly (infer Choice)[] }
      ? Choice
      : string;

type OptionValue<Spec extends OptionSpec> = Spec extends { value: string }
    ? Spec extends { repeatable: true }
        ? Parsed<Spec>[]
        : Spec extends { default: string } | { required: true }
          ? Parsed<Spec>
          : Parsed<Spec> | undefined
    : Spec extends { negated: string }
      ? boolean | undefined
      : boolean;

type ArgumentValue<Spec extends ArgumentSpec> = Spec extends { repeatable: true }
    ? Parsed<Spec>[]
    : Spec extends { required: true }
      ? Parsed<Spec>
      : Parsed<Spec> | undefined;

/** What `run` gets: options and arguments by name. */
export type Input<O extends Options, A extends Arguments> = { readonly [K in keyof O]: OptionValue<O[K]> } & {
    readonly [K in keyof A]: ArgumentValue<A[K]>;
};

/** What the `run` of a declared command gets. */
export type InputOf<C> = C extends CommandSpec<infer O, infer A> ? Input<O, A> : never;

export interface CommandSpec<O extends Options, A extends Arguments> {
    /** One line for the list of commands. */
    readonly summary: string;
    /** What it does in full; paragraphs are separated by empty lines. @default the summary */
    readonly description?: string;
    /** By name in camel case: `allowReplace` is `--allow-replace`. */
    readonly options?: O;
    /** In the order of the command line. */
    readonly arguments?: A;
    /** Command lines that work as they stand, each with what it does. */
    readonly examples: readonly (readonly [line: string, what: string])[];
    /** What else there is to know, below the options. */
    readonly notes?: string;
    /** Beside 0, 2 and 130, which have a text where it gives none. */
    readonly exitCodes?: Readonly<Record<number, string>>;
    /** Signals that interrupt it; all others end it at once. @default ["SIGINT"] */
    readonly signals?: readonly NodeJS.Signals[];
    /** Another name for it. */
    readonly alias?: string;
    /** Whether no help names it. @default false */
    readonly hidden?: boolean;
    /** Returns the exit code. */
    run(input: Input<O, A>, context: CommandContext): Promise<number>;
}

/** A command whose options are known to its own `run` alone. */
export type Command = Omit<CommandSpec<Options, Arguments>, "run"> & {
    run(input: never, context: CommandContext): Promise<number>;
};

/** Several commands below one name. */
export interface Group {
    readonly summary: string;
    readonly description?: string;
    readonly commands: Readonly<Record<string, Command | Group>>;
    /** The command that runs where none is named. @default the help is shown */
    readonly fallback?: string;
}

export const defineCommand = <const O extends Options = {}, const A extends Arguments = {}>( // eslint-disable-line @typescript-eslint/no-empty-object-type
    spec: CommandSpec<O, A>,
): CommandSpec<O, A> => spec;

export const defineGroup = <const G extends Group>(group: G): G => group;

export const isGroup = (entry: Command | Group): entry is Group => "commands" in entry;
