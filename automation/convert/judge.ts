/**
 * Looks at what was put together as a plan would, in dev and in prod: what a plan would refuse becomes a comment, with the plan's own
 * words. So that a file is written which passes, whatever it was made of.
 */
import { check, type Problem } from "../../config/checks";
import { withDefaults } from "../../config/defaults";
import { ENVIRONMENT_NAMES, type EnvironmentName } from "../../config/environments";
import { pathInHeritageFile } from "../../config/heritage/as-written";
import { merged } from "../../config/heritage/file";
import { type HeritageInput, heritageSchema } from "../../config/heritage/schema";
import { withoutEmptyKeys } from "../../config/nothing";
import { explain } from "../../config/problems";
import { parseValidPart } from "../../config/read";
import { camelCase, snakeCase } from "../../config/snake-case";
import { type Draft, removeAt, type Tree, valueAt } from "./heritage";
import type { Path } from "./node";
import { shown } from "./shown";

const written = snakeCase(heritageSchema);
/** What a plan looks for where it runs, or in a registry: the image is not there yet. */
const OF_IMAGE = ["build", "image"];
/** More than there can be to take out. */
const ROUNDS = 200;

interface Refused {
    readonly draft: Draft;
    readonly path: Path;
    readonly why: string;
    /** What can go where there is nothing at the path itself: the listeners that want a health check. */
    readonly also: readonly Path[];
}

export function judge(drafts: readonly Draft[]) {
    for (let i = 0; i < ROUNDS; i++) {
        const refused = ENVIRONMENT_NAMES.flatMap((environment) => refusals(drafts, environment));
        const [first] = refused.filter(({ draft, path }) => path.length > 0 && !draft.kept.has(path.join(".")));
        if (!first) return;
        takeOut(first);
    }
}

function refusals(drafts: readonly Draft[], environment: EnvironmentName): Refused[] {
    const inputs: Record<string, HeritageInput> = {};
    const refused: Refused[] = [];
    for (const draft of drafts) {
        const { environments = {}, ...base } = draft.tree as { environments?: Record<string, Tree> };
        const whole = withoutEmptyKeys(merged(base, environments[environment]), written) as Tree;
        const { data, issues } = parseValidPart(written, whole);
        inputs[draft.name] = camelCase(data, heritageSchema) as HeritageInput;
        for (const issue of issues) {
            for (const problem of explain(issue, whole, written))
                refused.push({ draft, path: problem.path, why: reason(problem), also: [] });
        }
    }
    if (refused.length > 0) return refused;
    const config = withDefaults(
        { environment, domain: { name: "example.com" }, heritages: Object.keys(inputs) },
        "eu-central-1",
        inputs,
    );
    return check(config).flatMap((problem) => {
        const { path, also = [] } = problem;
        const draft = drafts.find(({ name }) => path[0] === "heritages" && name === path[1]);
        const within = pathInHeritageFile(path.slice(2));
        if (!draft || within.length === 0 || OF_IMAGE.includes(String(within[0])) || within.at(-1) === "image")
            return [];
        return [
            {
                draft,
                path: within,
                why: reason(problem),
                also: also.map((other) => pathInHeritageFile(other.slice(2))),
            },
        ];
    });
}

/** As a plan says it, without the list of all keys. */
const reason = ({ what, fix }: Pick<Problem, "what" | "fix">) =>
    `${what}: ${fix.replace(/[.;:]? ?\(?[Tt]he keys here are .*$/s, "") || "another key"}`
        .replace(/\.+$/, "")
        .replace(/: another key$/, "");

const CLASSES = ["db.t4g.small", "db.t4g.medium", "db.t4g.large", "db.m7g.xlarge", "db.m7g.4xlarge"];

/** The next class up, where an instance takes fewer connections than the tasks may open. */
function largerDatabase({ tree, note }: Draft): boolean {
    const database = tree.database as Tree;
    const next = CLASSES[CLASSES.indexOf(String(database.instance_class)) + 1];
    if (next === undefined) return false;
    database.instance_class = next;
    note("changed", "The least class that takes the connections of all tasks while a deployment rolls.", [
        "database",
        "instance_class",
    ]);
    return true;
}

/** Where a name stands for itself: what is below it may go, and it stays. */
const isNamed = (path: Path) => path.length === 2 && path[0] === "services";

/** The value that the file has there, or else the nearest part that can go. */
function takeOut({ draft, path, why, also }: Refused) {
    if (path.join(".") === "database.instance_class" && largerDatabase(draft)) return;
    const inEnvironments = (place: Path) => [
        ...ENVIRONMENT_NAMES.map((environment) => ["environments", environment, ...place]),
        place,
    ];
    // A binding is nothing without its kind, and a volume another thing.
    const whole = path[0] === "uses" || path[0] === "volumes" ? [path.slice(0, 2)] : [path];
    const candidates = [...whole, ...also, path.slice(0, -1)].flatMap(inEnvironments);
    const place = candidates.find(
        (candidate) => candidate.length > 0 && !isNamed(candidate) && valueAt(draft.tree, candidate) !== undefined,
    );
    if (place === undefined) {
        draft.note("todo", `${path.join(".")}: ${why}${why.endsWith("?") ? "" : "."}`, path);
        draft.kept.add(path.join("."));
        return;
    }
    const value = shown(valueAt(draft.tree, place), String(place.at(-1)));
    draft.note(
        "todo",
        `${place.at(-1)}: ${value} is left out. The plan says of ${path.at(-1)}: ${why}${why.endsWith("?") ? "" : "."}`,
        place,
    );
    removeAt(draft.tree, place);
}
