/** Where a heritage's tasks may connect to, and what they may do in AWS. */
import { canonicalCidr } from "../../components/network/subnets";
import { isWholeService } from "../../components/permission";
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
                what: `${port} is no range of ports`,
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

/** An action as IAM has it: a service and a name, of which `*` may stand for a part. */
const ACTION = /^[a-z0-9-]+:[A-Za-z0-9*]+$/;

export function permissionProblems(at: At, { permissions }: HeritageConfig): Problem[] {
    return permissions.flatMap(({ actions, resources, why }, i): Problem[] => {
        const path = at("permissions", i);
        const problems: Problem[] = actions.flatMap((action, j): Problem[] => {
            const own = [...path, "actions", j];
            if (action === "*") {
                return [
                    {
                        path: own,
                        what: "allows everything in AWS",
                        fix: "the actions that are needed, e.g. s3:GetObject",
                    },
                ];
            }
            if (!ACTION.test(action)) {
                return [
                    {
                        path: own,
                        what: `${action} is no action of AWS`,
                        fix: "a service and a name, e.g. s3:GetObject",
                    },
                ];
            }
            if (/^(iam|sts|organizations|account):/.test(action)) {
                return [
                    {
                        path: own,
                        what: `${action} hands out rights: the permissions boundary denies it to every task`,
                        fix: "a role outside of the stack that does it",
                    },
                ];
            }
            if (!action.includes("*") || why !== undefined) return [];
            return [
                {
                    path: own,
                    what: isWholeService(action)
                        ? `${action} is all actions of a service`
                        : `${action} is more than one action`,
                    fix: "the actions that are needed, each by its name; or say why, beside resources",
                },
            ];
        });
        resources.forEach((resource, j) => {
            const own = [...path, "resources", j];
            if (resource === "*") {
                if (why !== undefined) return;
                problems.push({
                    path: own,
                    what: "is every resource",
                    fix: "the ARNs that are needed; or, for actions without a resource of their own, say why",
                });
            } else if (!/^arn:[\w*-]+:[\w-]+:[^:]*:[^:]*:.+$/.test(resource)) {
                problems.push({ path: own, what: `${resource} is no ARN`, fix: "e.g. arn:aws:s3:::reports/*" });
            }
        });
        return problems;
    });
}
