/**
 * Software that reads the authorities that it trusts from a file, and not from its environment: a shell writes DISTRICT_CA_PEM into
 * one before the image's own program starts. It has to have a writable /tmp and `sh`.
 */
import type * as pulumi from "@pulumi/pulumi";

const FILE = "/tmp/district-ca.pem";

export interface FileOfAuthorities {
    /** What the image's entry point is; the container's command follows it. */
    program: string;
    /** What the image may have to start the program by: it is run in its place where it is there. @default nothing */
    starter?: string;
    /** The variable by which the program is told of the file. */
    variable: string;
    /** A file in the image that the program would read otherwise: its authorities stay trusted. @default the program keeps its own */
    own?: string;
}

/** What a container is given beside its own settings; nothing where there is no authority. */
export function districtTrust(
    { program, starter, variable, own }: FileOfAuthorities,
    authority: pulumi.Input<string> | undefined,
): { entryPoint?: string[]; environment: Record<string, pulumi.Input<string>> } {
    if (authority === undefined) return { environment: {} };
    const authorities = `printf '%s\\n' "$DISTRICT_CA_PEM"`;
    const command = own === undefined ? authorities : `{ cat ${own}; ${authorities}; }`;
    const starts = starter === undefined ? '"$0"' : `"$(command -v ${starter} || echo "$0")"`;
    return {
        entryPoint: ["sh", "-c", `${command} > ${FILE} && exec ${starts} "$@"`, program],
        environment: { DISTRICT_CA_PEM: authority, [variable]: FILE },
    };
}
