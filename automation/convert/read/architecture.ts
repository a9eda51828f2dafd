import type { Architecture } from "../../../components/fargate/architecture";
import type { Workload } from "../model";
import type { Node } from "../node";

/** By the names that files have for them: Docker's, AWS's, Debian's. */
const NAMES: Readonly<Record<string, Architecture>> = {
    arm64: "arm64",
    aarch64: "arm64",
    amd64: "x86_64",
    "x86-64": "x86_64",
    x86_64: "x86_64",
};

/** The processors that a workload runs on: `linux/arm64`, or an operating system and them. */
export function readArchitecture(
    node: Node | undefined,
    workload: Workload,
    key = "architecture",
    system = "osfamily",
) {
    if (!node) return;
    const text = node.isLeaf ? node.text()! : `${node.text(system) ?? "linux"}/${node.text(key) ?? "x86_64"}`;
    const [family, processors, ...variant] = text.toLowerCase().split("/");
    const found = NAMES[processors ?? ""];
    if (family === "linux" && found && (variant.length === 0 || (found === "arm64" && variant[0] === "v8")))
        workload.architecture = found;
    else workload.todo(`${node.where}: ${text}: tasks are Linux on arm64 or x86_64.`);
}
