/** A task definition as Step Functions hands it to ECS: the program's own, with the image by the digest of the execution's input. */
import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Parameters of `ecs:RegisterTaskDefinition`, by the names that Step Functions has for them. */
export type RegisterParameters = Record<string, unknown>;

/** Maps whose keys are the user's own. Every other key is a member of ECS's API. */
const MAPS = ["options", "dockerLabels", "driverOpts", "labels"];

/**
 * Members of an API begin with a capital letter in Step Functions ("AWS SDK service integrations", Step Functions guide). What has no value
 * is left out: the provider keeps empty members, and ECS refuses some of them.
 */
export function toStepFunctions(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(toStepFunctions);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value).filter(
        ([, member]) => member !== undefined && member !== null && member !== "",
    );
    return Object.fromEntries(
        entries.map(([key, member]) => [
            key[0]!.toUpperCase() + key.slice(1),
            MAPS.includes(key) ? member : toStepFunctions(member),
        ]),
    );
}

/** What ECS knows of a task definition beside its containers. */
const SETTINGS = [
    ...(["family", "cpu", "memory", "networkMode", "requiresCompatibilities", "runtimePlatform"] as const),
    ...(["executionRoleArn", "taskRoleArn", "volumes", "ephemeralStorage"] as const),
];

/** The definition that the program registered; containers that run `image` get the image of the execution's digest instead. */
export function registerParameters(
    definition: aws.ecs.TaskDefinition,
    image: pulumi.Input<string>,
): pulumi.Output<RegisterParameters> {
    const { containerDefinitions, tagsAll } = definition;
    const settings = Object.fromEntries(SETTINGS.map((key) => [key, definition[key]]));
    return pulumi
        .all([pulumi.output(settings), containerDefinitions, tagsAll, image])
        .apply<RegisterParameters>(([known, containers, tags, current]) => ({
            ...(toStepFunctions(withoutDefaults(known)) as RegisterParameters),
            ContainerDefinitions: (JSON.parse(containers) as { image: string }[]).map((container) => {
                const { Image, ...rest } = toStepFunctions(container) as { Image: string };
                return Image === current ? { ...rest, "Image.$": imageOf(current) } : { Image, ...rest };
            }),
            Tags: Object.entries(tags ?? {})
                .sort(([a], [b]) => (a < b ? -1 : 1))
                .map(([Key, Value]) => ({ Key, Value })),
        }));
}

/** The provider says `false` and 0 of volumes' members that nobody set. */
function withoutDefaults(settings: Record<string, unknown>): Record<string, unknown> {
    const set = (value: unknown): unknown => {
        if (Array.isArray(value)) return value.map(set);
        if (typeof value !== "object" || value === null) return value === false || value === 0 ? undefined : value;
        return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, set(member)]));
    };
    return { ...settings, volumes: set(settings.volumes) };
}

/** `States.Format` takes `{}` for the digest; what comes before is the repository, which the input does not change. */
const imageOf = (image: string) => `States.Format('${repositoryOf(image)}@{}', $.digest)`;

/** An image's repository, without digest and tag. A port of the registry is followed by a slash, a tag is not. */
export const repositoryOf = (image: string) => image.replace(/@.*$/, "").replace(/:[^/:]+$/, "");
