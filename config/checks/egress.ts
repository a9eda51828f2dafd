/** Where a heritage's tasks may connect to. */
import { canonicalCidr } from "../../components/network/subnets";
import type { HeritageConfig } from "../defaults";
import { portsOf } from "../egress";
import { cidrProblems, type Path, type Problem } from "./common";

type At = (...rest: (string | number)[]) => Path;

export function egressProblems(at: At, { egress }: Pick<HeritageConfig, "egress">): Problem[] {
    const seen = new Map<string, number>();
    return egress.flatMap(({ port, to, protocol = "tcp" }, i): Problem[] => {
        const path = at("egress", i);
        const { from, to: last } = portsOf(port);
        const problems: Problem[] = to.includes("/") ? cidrProblems([...path, "to"], to) : [];
        if (from < 1 || last > 65535 || from > last) {
            problems.push({
                path: [...path, "port"],
                what: `${port} is not a range of ports`,
                fix: 'from 1 to 65535, the lower one first, e.g. "8000-8010"',
            });
        }
        const rule = `${protocol} ${from}-${last} ${to}`;
        const first = seen.get(rule);
        seen.set(rule, first ?? i);
        if (first !== undefined) {
            problems.push({ path, what: `is there already, egress[${first}]`, fix: "leave one of the two out" });
        }
        if (protocol === "tcp" && from === 443 && last === 443 && canonicalCidr(to) === "0.0.0.0/0") {
            problems.push({ path, what: "is open for every task", fix: "leave it out" });
        }
        return problems;
    });
}
