/** Roles as a deployment from CI may make them (`npx identity bootstrap`): below a path of the stack's own, and within a boundary. */
import * as pulumi from "@pulumi/pulumi";

/** IAM lets the deploy role make and change roles below this path alone. */
export const rolePath = (project: string, stack: string) => `/${project}/${stack}/`;

const OF_IAM = ["aws:iam/role:Role", "aws:iam/instanceProfile:InstanceProfile"];

/**
 * Every role that is made from here on, whichever component makes it. By a transformation, since a role is an inner matter of a component, and
 * one that was forgotten would be one that CI cannot deploy.
 *
 * Without a boundary roles stay where they are: another path is another role.
 */
export function confineRoles(permissionsBoundary: string | undefined) {
    if (permissionsBoundary === undefined) return;
    const path = rolePath(pulumi.getProject(), pulumi.getStack());
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
        if (!OF_IAM.includes(type)) return undefined;
        return { props: { ...props, path, ...(type === OF_IAM[0] ? { permissionsBoundary } : {}) }, opts };
    });
}
