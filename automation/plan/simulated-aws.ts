/**
 * An AWS that answers with believable ids, ARNs, zones and addresses and makes nothing: what the plan and the unit tests
 * run the program against, in Pulumi's own runtime. Every answer follows from the name of what is asked for, so that two
 * runs of one program are the same to the letter. What it answers to a resource's creation is in the type's entry (aws/).
 */
import { type Child, REMOTE_COMPONENTS } from "../../aws/awsx";
import { zoneId } from "../../aws/route53";
import type { Simulated } from "../../aws/resource-type";
import { ACCOUNT, arnAndName, digits, named, Place } from "../../aws/simulated";
import { typeEntry } from "../../aws/types";

type Values = Record<string, unknown>;

/** One resource, as the program asked for it and as AWS would have made it. */
export interface SimulatedResource {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    readonly parent: string | undefined;
    readonly id: string;
    /** What the program gave; a secret is `[secret]`. */
    readonly inputs: Values;
    /** What AWS answered; a secret is `[secret]`. */
    readonly outputs: Values;
    /** URNs of what it was made of or after. */
    readonly dependencies: readonly string[];
    readonly protect: boolean;
    readonly component: boolean;
    /** Made by a component provider (awsx), in a process of its own. */
    readonly remote: boolean;
    /** The URN of the provider that it is made by; none where that is its package's default one. */
    readonly provider?: string;
}

/** A type without an entry: what a transformation or somebody's own program makes. */
const UNKNOWN: Simulated = {
    id: named,
    outputs: (asked, place) => (asked.type.startsWith("aws:") ? arnAndName(asked, place) : {}),
};

export class SimulatedAws {
    private readonly place: Place;

    /** `running`: the version of Keycloak that an earlier `up` left. */
    constructor(
        readonly region: string,
        private readonly running?: string,
    ) {
        this.place = new Place(region);
    }

    /** Answers to the program's questions (`aws.getRegion` and the like). */
    call(token: string, inputs: Values): Values {
        switch (token) {
            case "aws:index/getCallerIdentity:getCallerIdentity":
                return { accountId: ACCOUNT, id: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/plan`, userId: "plan" };
            case "aws:index/getRegion:getRegion":
                return { region: this.region, name: this.region, id: this.region };
            case "aws:index/getPartition:getPartition":
                return { partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" };
            case "aws:index/getAvailabilityZones:getAvailabilityZones":
                return { names: this.place.zones(4), id: this.region };
            case "aws:route53/getZone:getZone":
                return { ...inputs, zoneId: zoneId(inputs.name), id: "zone" };
            case "aws:ssm/getParametersByPath:getParametersByPath":
                return { ...inputs, ...this.parameters(String(inputs.path)), arns: [], types: [], id: inputs.path };
            case "aws:ssm/getParameter:getParameter": // the newest AMI of Amazon Linux; other parameters are not read
                return { ...inputs, insecureValue: `ami-${digits(String(inputs.name))}`, id: inputs.name };
            case "aws:ecr/getAuthorizationToken:getAuthorizationToken":
                return { ...inputs, userName: "AWS", password: "simulated-password", proxyEndpoint: "", id: "token" };
            default: {
                const details = `the simulated AWS does not know ${token}: add it to automation/plan/simulated-aws.ts`;
                throw Object.assign(new Error(details), { details }); // the SDK looks for a gRPC error's `details`
            }
        }
    }

    /** What SSM holds before the program runs: the version that is running (`components/keycloak/deployed-version.ts`). */
    private parameters(path: string) {
        const names = this.running === undefined || !path.endsWith("/versions/keycloak") ? [] : ["begun", "running"];
        return { names: names.map((name) => `${path}/${name}`), values: names.map(() => this.running) };
    }

    /** What AWS would answer to a resource's creation. */
    create(type: string, name: string, inputs: Values): { id: string; outputs: Values } {
        const asked = { type, name, inputs };
        const remote = REMOTE_COMPONENTS[type];
        if (remote) return { id: named(asked), outputs: { ...inputs, ...remote.outputs(name, inputs, this.place) } };
        const { id: idOf, outputs } = typeEntry(type)?.simulated ?? UNKNOWN;
        const id = idOf(asked);
        return { id, outputs: { ...inputs, ...outputs({ ...asked, id }, this.place) } };
    }

    /** What awsx makes of one of its components, a parent before its children. */
    children(type: string, name: string, inputs: Values): readonly Child[] {
        return REMOTE_COMPONENTS[type]?.children(name, inputs, this.place) ?? [];
    }
}
