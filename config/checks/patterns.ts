/** Path patterns of load balancers. */

/** Whether one pattern takes every path that another takes: `*` stands for any characters, `?` for one. */
export function covers(wide: string, narrow: string): boolean {
    const form = wide
        .split("")
        .map((part) => (part === "*" ? ".*" : part === "?" ? "[^*]" : part.replace(/[^A-Za-z0-9]/g, "\\$&")))
        .join("");
    return new RegExp(`^${form}$`, "s").test(narrow);
}
