import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { repositoryOf } from "./container-image";
import { ECR_LOG_IN, policyDocument, type Statement, accountAndRegion } from "./iam";

/**
 * @example
 * new DeployRole("blog-deploy", { repository: "acme/blog", environment: "prod", image: image.reference, machine });
 */
export interface DeployRoleArgs {
    /** On GitHub: `owner/name`, or, as the tokens of a newer repository have it, `owner@1234/name@5678`. */
    repository: string;
    /**
     * The environment of that repository whose jobs may assume the role. On GitHub it says which branches it takes and who approves. A job
     * without `environment:` gets another token, and is refused. @default the stack's name
     */
    environment?: string;
    /** What its tasks run; where that is in ECR, the role may push there. */
    image: pulumi.Input<string>;
    /** The state machine that deploys a digest (see `DeployMachine`). */
    machine: { arn: pulumi.Input<string> };
}

/** GitHub's, which has to exist in the account: one for all roles (`npx identity bootstrap`). */
const PROVIDER = "token.actions.githubusercontent.com";

/**
 * The role with which an application's own CI deploys it: it pushes images to the application's repository, starts the state machine that
 * deploys one of them, and sees how that ends. It calls nothing of ECS. Nobody keeps a key: GitHub says who asks (OIDC), and the role's
 * trust names repository and environment, which are all that AWS reads of such a token beside the audience (IAM guide, "Available keys for
 * AWS OIDC federation").
 */
export class DeployRole extends pulumi.ComponentResource {
    readonly arn: pulumi.Output<string>;

    constructor(name: string, args: DeployRoleArgs, opts?: pulumi.ComponentResourceOptions) {
        super("identity:index:DeployRole", name, {}, opts);
        const { account, partition } = accountAndRegion(this);
        const environment = args.environment ?? pulumi.getStack();
        const role = new aws.iam.Role(
            name,
            {
                description: `Deploys from ${args.repository}, ${environment}`.slice(0, 1000),
                assumeRolePolicy: pulumi.jsonStringify({
                    Version: "2012-10-17",
                    Statement: [
                        {
                            Effect: "Allow",
                            Principal: {
                                Federated: pulumi.interpolate`arn:${partition}:iam::${account}:oidc-provider/${PROVIDER}`,
                            },
                            Action: "sts:AssumeRoleWithWebIdentity",
                            Condition: {
                                StringEquals: {
                                    [`${PROVIDER}:aud`]: "sts.amazonaws.com",
                                    [`${PROVIDER}:sub`]: `repo:${args.repository}:environment:${environment}`,
                                },
                            },
                        },
                    ],
                }),
            },
            { parent: this },
        );
        const policy = repositoryOf(args.image).apply((repository) =>
            policyDocument([...pushTo(repository), ...deploy(args.machine.arn)]),
        );
        new aws.iam.RolePolicy(name, { role: role.id, policy }, { parent: this });
        this.arn = role.arn;
        this.registerOutputs({ arn: this.arn });
    }
}

function pushTo(repository: string | undefined): Statement[] {
    if (repository === undefined) return [];
    return [
        ECR_LOG_IN,
        {
            Effect: "Allow",
            Action: [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage", // whether an image is there already
                "ecr:GetDownloadUrlForLayer", // layers of the last one, as a cache
                "ecr:InitiateLayerUpload",
                "ecr:UploadLayerPart",
                "ecr:CompleteLayerUpload",
                "ecr:PutImage",
            ],
            Resource: repository,
        },
    ];
}

const deploy = (machine: pulumi.Input<string>): Statement[] => [
    { Effect: "Allow", Action: "states:StartExecution", Resource: machine },
    {
        Effect: "Allow",
        Action: "states:DescribeExecution",
        Resource: pulumi.interpolate`${machine}`.apply((arn) => `${arn.replace(":stateMachine:", ":execution:")}:*`),
    },
];
