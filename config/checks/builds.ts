/** Images that are built here: the Dockerfile, its stages, the build arguments. */
import { readFileSync, statSync } from "node:fs";
import { dockerfileOf } from "../../components/container-image/build";
import { type Architecture, dockerPlatform } from "../../components/fargate/architecture";
import { looksSecret } from "../../policy/secrets/looks-secret";
import { type BuildInput, buildOf, imageName, imageNameFor, usersOf } from "../builds";
import type { PlatformConfig } from "../defaults";
import { finalPlatform, readDockerfile, stages } from "../dockerfile";
import { nearest } from "../nearest";
import { keyOf, type Path, type Problem } from "./common";

type At = (...rest: (string | number)[]) => Path;

interface Built {
    readonly build?: BuildInput;
    readonly image?: string;
    readonly architecture: Architecture;
    readonly database?: unknown;
    readonly notSecret: Readonly<Record<string, string>>;
}

export function buildProblems(at: At, built: Built): Problem[] {
    const { build, image } = built;
    if ((build === undefined) === (image === undefined)) {
        return [
            {
                path: at(),
                what: image === undefined ? "has neither build nor image" : "has both build and image",
                fix: "exactly one: a folder with a Dockerfile, or an image by digest",
                also: [at("build"), at("image")],
            },
        ];
    }
    if (build === undefined) return [];
    const files = fileProblems(at, build);
    return [...files, ...(files.length > 0 ? [] : platformProblems(at, built)), ...argumentProblems(at, built)];
}

function fileProblems(at: At, input: BuildInput): Problem[] {
    const build = buildOf(input);
    const file = dockerfileOf(build);
    const isThere = statSync(file, { throwIfNoEntry: false })?.isFile();
    if (typeof input === "string") {
        const fix = "a folder, from the project's root";
        return isThere ? [] : [{ path: at("build"), what: `there is no ${input}/Dockerfile`, fix }];
    }
    if (!statSync(build.context, { throwIfNoEntry: false })?.isDirectory()) {
        const fix = "a folder, from the project's root; . for all of it";
        return [{ path: at("build", "context"), what: `there is no folder ${build.context}`, fix }];
    }
    if (!isThere) {
        const fix = `a file, from ${build.context === "." ? "the project's root" : `the context, ${build.context}`}`;
        return [{ path: at("build", "dockerfile"), what: `there is no ${file}`, fix }];
    }
    return targetProblems(at("build", "target"), readFileSync(file, "utf8"), build.target);
}

/** Docker takes the name of a stage, in any case, or its number. */
function targetProblems(path: Path, dockerfile: string, target: string | undefined): Problem[] {
    if (target === undefined) return [];
    const all = stages(dockerfile);
    const names = all.flatMap(({ name }) => name ?? []);
    if (names.some((name) => name.toLowerCase() === target.toLowerCase()) || Number(target) < all.length) return [];
    const fix = names.length > 0 ? nearest(target, names) : "leave it out: no stage of the Dockerfile has a name";
    return [{ path, what: `no stage of the Dockerfile is called ${target}`, fix }];
}

/** An image is of the processors that its Dockerfile names, whatever it is built for (Dockerfile reference, "FROM"). */
function platformProblems(at: At, { build, architecture }: Built): Problem[] {
    const platform = finalPlatform(readDockerfile(buildOf(build!)));
    const wanted = dockerPlatform(architecture);
    if (!platform || platform.split("/").slice(0, 2).join("/") === wanted) return [];
    return [
        {
            path: at("build"),
            what: `its Dockerfile says FROM --platform=${platform}, and its tasks run on ${architecture}, ${wanted}`,
            fix: "leave --platform out, or another architecture",
            also: [at("architecture"), ["architecture"]],
        },
    ];
}

/** Arguments are in the image's history, and in the state. */
function argumentProblems(at: At, { build, database, notSecret }: Built): Problem[] {
    const { args = {} } = buildOf(build!);
    return Object.entries(args).flatMap(([name, value]): Problem[] => {
        const path = at("build", "args", name);
        if (name === "RDS_CA_PEM" && database !== undefined) {
            return [{ path, what: "is set by the program, for the database", fix: "leave it out" }];
        }
        const why = Object.hasOwn(notSecret, name) ? undefined : looksSecret(name, value);
        if (why === undefined) return [];
        return [
            {
                path,
                what: `looks like a secret, and whoever has the image can read its build arguments: ${why}`,
                fix:
                    `secrets.${name}, which tasks get when they start; or, if it is none, ` +
                    `${keyOf(path, "notSecret")}: { ${name}: why }`,
                also: [at("notSecret", name)],
            },
        ];
    });
}

/** Two builds with the same name would share a repository. */
export function imageNameProblems(config: PlatformConfig): Problem[] {
    const { services, heritages } = config;
    const owners = new Map<string, { owner: string; build: BuildInput }>();
    return Object.entries({ services, heritages }).flatMap(([kind, all]) =>
        Object.entries(all).flatMap(([owner, { build, architecture }]): Problem[] => {
            if (build === undefined) return [];
            const shared = imageName(owner, build);
            const users = usersOf(config, shared).map((user) => user.architecture);
            const name = imageNameFor(shared, architecture, users, config.architecture);
            const first = owners.get(name);
            if (first === undefined) owners.set(name, { owner, build });
            if (first === undefined || first.build === build) return [];
            return [
                {
                    path: [kind, owner, "build"],
                    what: `its image would be called ${name}, as that of ${first.owner} is, which is built of something else`,
                    fix: typeof build === "string" ? "another folder" : "another name for one of the two, or image",
                },
            ];
        }),
    );
}
