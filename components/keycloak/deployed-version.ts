/**
 * Which version runs, as parameters in SSM under `/<project>/<stack>/versions/<name>`: a program that runs anew for each `up`
 * cannot know it otherwise. Whoever deploys needs `ssm:GetParametersByPath` on that path.
 */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { hasEngine, valueOf } from "../engine";
import { lookUp } from "../lookup";
import { refuse } from "../output-error";
import { updateStrategy, isDowngrade } from "./versions";

/** Where in SSM the versions are of what is called `name`. */
export const versionsPath = (project: string, stack: string, name: string) => `/${project}/${stack}/versions/${name}`;

export class DeployedVersion {
    /**
     * How the wanted version takes over. It has to get on with the version that is known to run, and with one that was begun
     * since and did not get there: that one may have changed the database, and some of its nodes may still be there. So an
     * update that failed half-way is replaced again by the next `up`, and so is the way back from it.
     */
    readonly deployment: pulumi.Output<"rolling" | "replace">;
    /**
     * The name of the parameter that says what was begun. Whatever starts a node has to come after it, and does so by using it.
     */
    readonly begun: pulumi.Output<string>;

    constructor(
        private readonly name: string,
        private readonly wanted: string,
        private readonly parent: pulumi.Resource,
    ) {
        const path = this.path();
        // For a path without parameters AWS answers with an empty list, so the first `up` needs no case of its own.
        // The provider calls every parameter's value a secret; a version is none.
        const parameters = pulumi.unsecret(
            lookUp({ about: `the version of ${name} that runs`, needs: "ssm:GetParametersByPath" }, () =>
                aws.ssm.getParametersByPath({ path, withDecryption: false }, { parent: this.parent }),
            ),
        );
        const known = parameters.apply(({ names, values }) =>
            ["running", "begun"].map((which) => (values ?? [])[(names ?? []).indexOf(`${path}/${which}`)]),
        );
        const refused = known.apply(([running]) => {
            if (running === undefined || !isDowngrade(running, wanted)) return false;
            refuse(
                `${name}: ${wanted} cannot follow ${running}, which has changed the database for good; ${running} or a later ` +
                    `version; or a database restored to before it, and then no parameters below ${path}`,
                parent,
            );
            return true;
        });
        this.deployment = pulumi.all([known, refused]).apply(([versions, isRefused]) => {
            const away = versions.find((from) => updateStrategy(from, wanted) === "replace");
            if (away === undefined || isRefused) return "rolling";
            void pulumi.log.warn(
                `from ${away} to ${wanted} every node stops before the new ones start: nobody can log in for some minutes, and ` +
                    "the way back is a backup of the database",
                parent,
            );
            return "replace";
        });
        // Read first, then written.
        const description = "The version that an update was begun to";
        this.begun = this.parameter("begun", description, this.deployment, stoppedBy(name, refused)).name;
    }

    /** Says that the wanted version runs, once what is given is known: the name of a service that has rolled out. */
    runsWhen(rolledOut: pulumi.Output<unknown>) {
        this.parameter("running", "The version that runs", rolledOut);
    }

    private parameter(
        which: "begun" | "running",
        description: string,
        after: pulumi.Output<unknown>,
        hooks?: pulumi.ResourceHookBinding,
    ) {
        return new aws.ssm.Parameter(
            `${this.name}-version-${which}`,
            {
                name: `${this.path()}/${which}`,
                description: `${description}: ${this.name}`,
                type: "String",
                insecureValue: after.apply(() => this.wanted), // not in the state as a secret: a preview shows from what to what
            },
            { parent: this.parent, hooks },
        );
    }

    private path(): string {
        return versionsPath(pulumi.getProject(), pulumi.getStack(), this.name);
    }
}

/**
 * An `up` without a preview, as the Automation API has it, would go on with what was refused. An error of a hook stops it before the
 * resource is changed, and so before everything that comes after that.
 */
function stoppedBy(name: string, refused: pulumi.Output<boolean>): pulumi.ResourceHookBinding | undefined {
    if (!hasEngine()) return undefined;
    const hook = new pulumi.ResourceHook(`${name}-version`, async () => {
        if (await valueOf(refused)) throw new Error("this version was refused");
    });
    return { beforeCreate: [hook], beforeUpdate: [hook] };
}
