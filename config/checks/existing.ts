/** What exists already beside the network: what the files alone can tell. The rest is asked of AWS (`platform/existing`). */
import type { HeritageConfig, PlatformConfig } from "../defaults";
import { openedBy } from "../egress";
import { instancesOf } from "../instances";
import { sourcesOf } from "../references";
import { homeOf, type Path, type Problem } from "./common";

export function checkExisting(config: PlatformConfig): Problem[] {
    const { cluster } = config;
    return [
        ...regionProblems(["cluster", "existing"], cluster?.existing, "a cluster", config),
        ...regionProblems(["publicEndpoint", "webAcl"], existingWebAcl(config), "a web ACL", config),
        ...instancesOf(config).flatMap(({ path, settings }) =>
            regionProblems([...path, "restoreFrom"], settings.restoreFrom, "a snapshot", config),
        ),
        ...sourcesOf(config).flatMap(({ path, source }) =>
            source.parameter === undefined && source.secret === undefined
                ? []
                : regionProblems([...path, "keyArn"], source.keyArn, "a key", config),
        ),
        ...Object.entries(config.heritages).flatMap(([name, { volumes, uses, egress }]) => [
            ...Object.entries(volumes).flatMap(([volume, { efs }]) =>
                efs?.existing === undefined
                    ? directoryProblems(["heritages", name, "volumes", volume, "efs"], efs)
                    : withoutNetwork(
                          ["heritages", name, "volumes", volume, "efs", "existing"],
                          "its mount targets are in a VPC that exists",
                          "leave `existing` out, and copy the files into the new file system",
                          config,
                      ),
            ),
            ...Object.entries(uses).flatMap(([binding, { host }]): Problem[] => {
                if (host?.securityGroup === undefined) return [];
                const path = ["heritages", name, "uses", binding, "host", "securityGroup"];
                return [
                    ...withoutNetwork(
                        path,
                        "a security group lets in those of its own VPC",
                        "leave it out: the port is then open to the address, and whoever keeps the other side lets the stack's NAT gateways in",
                        config,
                    ),
                    ...openedTwice(path, host.port, host.securityGroup, egress),
                ];
            }),
        ]),
    ];
}

/** The ARN of a web ACL that exists. */
export const existingWebAcl = ({ publicEndpoint: { webAcl } }: PlatformConfig) =>
    typeof webAcl === "string" ? webAcl : undefined;

/** AWS refuses a second rule that says the same. */
function openedTwice(path: Path, port: number, group: string, egress: HeritageConfig["egress"]): Problem[] {
    const isSame = openedBy(egress).some(
        ({ from, to, protocol, destination }) =>
            destination === group && protocol === "tcp" && from === port && to === port,
    );
    if (!isSame) return [];
    const what = `opens port ${port} to ${group}, and egress does so, too`;
    return [{ path, what, fix: "leave that line of egress out", also: [[...path.slice(0, 2), "egress"]] }];
}

function directoryProblems(path: Path, efs: { directory?: string } | undefined): Problem[] {
    if (efs?.directory === undefined) return [];
    const what = "is a directory of a file system that exists, and this one is made new";
    return [{ path: [...path, "directory"], what, fix: "existing: fs-… beside it, or leave it out" }];
}

function regionProblems(path: Path, text: string | undefined, kind: string, { region }: PlatformConfig): Problem[] {
    if (!text?.startsWith("arn:")) return [];
    const other = homeOf(text);
    if (other === region) return [];
    return [{ path, what: `is ${kind} in ${other}, and the stack is in ${region}`, fix: `${kind} in ${region}` }];
}

function withoutNetwork(path: Path, why: string, otherwise: string, { network }: PlatformConfig): Problem[] {
    if (network.existing) return [];
    const what = `${why}, and this stack makes a VPC of its own`;
    return [{ path, what, fix: `network.existing in the stack file: that VPC; or ${otherwise}`, also: [["network"]] }];
}
