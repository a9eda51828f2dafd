/** What a heritage's tasks may do in AWS. */
import { isWholeService } from "../../components/permission";
import type { HeritageConfig } from "../defaults";
import type { Path, Problem } from "./common";

type At = (...rest: (string | number)[]) => Path;

/** An IAM action: a service and a name, in which `*` matches any characters. */
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
                        what: `${action} is not an action of AWS`,
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
                problems.push({ path: own, what: `${resource} is not an ARN`, fix: "e.g. arn:aws:s3:::reports/*" });
            }
        });
        return problems;
    });
}
