/** The volumes of a heritage, and where its containers mount them. */
import type { HeritageConfig } from "../defaults";
import type { Path, Problem } from "./common";
import { directoryProblems, mountedProblems } from "./writable";

type At = (...rest: (string | number)[]) => Path;
type Mounts = Readonly<Record<string, string>>;

/** The services of a heritage, with the keys that lead to each. */
export const servicesOf = ({ services }: HeritageConfig) =>
    Object.entries(services).map(([key, service]) => [["services", key], service] as const);

/** What of it runs to its end, with the keys that lead to each. */
export const tasksOf = ({ scheduledTasks, beforeDeploy }: HeritageConfig) => [
    ...Object.entries(scheduledTasks).map(([key, task]) => [["scheduledTasks", key], task] as const),
    ...(beforeDeploy ? [[["beforeDeploy"], beforeDeploy] as const] : []),
];

/** Of one container: volumes that are none, and directories that cannot be mounted. */
export function mountProblems(path: Path, mounts: Mounts, heritage: HeritageConfig): Problem[] {
    const places = Object.values(mounts);
    return Object.keys(mounts).flatMap((name, i): Problem[] => {
        const own = [...path, name];
        if (!Object.hasOwn(heritage.volumes, name)) {
            const fix = `volumes: { ${name}: {} } at the top of the file, or one of its names`;
            return [
                { path: own, what: "is not a volume of the heritage", fix, also: [[...path.slice(0, 2), "volumes"]] },
            ];
        }
        return directoryProblems(own, places, i);
    });
}

/** Of the application's container of a service: its Dockerfile says whose an empty volume is; a file system is the user's. */
export function applicationMountProblems(
    path: Path,
    { mounts, writable }: { mounts: Mounts; writable?: readonly string[] },
    heritage: HeritageConfig,
): Problem[] {
    const isEfs = (name: string) => Object.hasOwn(heritage.volumes, name) && heritage.volumes[name]!.efs !== undefined;
    const of = (efs: boolean) => Object.fromEntries(Object.entries(mounts).filter(([name]) => isEfs(name) === efs));
    return [
        ...mountProblems(path, mounts, heritage),
        ...mountedProblems(path, { ...heritage, mounts: of(false), writable }),
        ...mountedProblems(path, { user: heritage.user, mounts: of(true), writable }),
    ];
}

/** Of what runs to its end, with one container: it shares an empty volume with nobody. */
export function taskMountProblems(at: At, heritage: HeritageConfig): Problem[] {
    return tasksOf(heritage).flatMap(([place, { mounts, writable }]) => [
        ...mountProblems(at(...place, "mounts"), mounts, heritage),
        ...mountedProblems(at(...place, "mounts"), { user: heritage.user, mounts, writable }),
        ...Object.keys(mounts).flatMap((name): Problem[] => {
            if (!Object.hasOwn(heritage.volumes, name) || heritage.volumes[name]!.efs) return [];
            const what = "is empty at the start of each task, and no other container of this one shares it";
            const fix = `volumes: { ${name}: { efs: {} } }, or leave it out`;
            return [{ path: at(...place, "mounts", name), what, fix, also: [at("volumes", name)] }];
        }),
    ]);
}

/** A volume that nothing mounts makes nothing, or a file system that nobody reads. */
export function volumeProblems(at: At, { volumes, services, scheduledTasks, beforeDeploy }: HeritageConfig): Problem[] {
    const mounted = [
        ...Object.values(services).flatMap(({ mounts, sidecars }) => [
            mounts,
            ...Object.values(sidecars).map((sidecar) => sidecar.mounts),
        ]),
        ...Object.values(scheduledTasks).map(({ mounts }) => mounts),
        beforeDeploy?.mounts ?? {},
    ].flatMap((mounts) => Object.keys(mounts));
    return Object.keys(volumes)
        .filter((name) => !mounted.includes(name))
        .map((name) => ({
            path: at("volumes", name),
            what: "is mounted by no container",
            fix: `mounts: { ${name}: /… } in a service, or leave it out`,
            also: [at("services")],
        }));
}
