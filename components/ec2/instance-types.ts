/** What the name of an instance type tells: `t4g.micro` is a family, a generation, what is special about it, and a size. */

import type { Architecture } from "../fargate/architecture";

/** AWS's own processors have a `g` behind the generation: t4g, m7gd, im4gn. (g4dn and its like are named so for their graphics.) */
export function architectureOf(instanceType: string): Architecture {
    const special = /^[a-z]+\d+([a-z-]*)\./.exec(instanceType)?.[1] ?? "";
    return special.includes("g") || instanceType.startsWith("a1.") ? "arm64" : "x86_64";
}

/** GiB of the sizes that a burstable type may be too small in; any other has more. */
export function smallMemoryOf(instanceType: string): number | undefined {
    return { nano: 0.5, micro: 1 }[instanceType.split(".")[1] ?? ""];
}
