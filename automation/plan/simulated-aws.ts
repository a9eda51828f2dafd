/**
 * A simulated AWS for the plan and the unit tests, which run the program in Pulumi's own runtime. It creates nothing, and answers with
 * realistic ids, ARNs, zones and addresses. They are derived from names, so that two runs of one program are identical. The outputs of a
 * resource are in the entry of its type (aws/).
 */
import { type Child, REMOTE_COMPONENTS } from "../../aws/awsx";
import { zoneId } from "../../aws/route53";
import type { Simulated } from "../../aws/resource-type";
import { ACCOUNT, arnAndName, digits, named, Place } from "../../aws/simulated";
import { typeEntry } from "../../aws/types";

type Values = Record<string, unknown>;

/** A resource with the program's inputs and the outputs that AWS would give. */
export interface SimulatedResource {
    readonly urn: string;
    readonly type: string;
    readonly name: string;
    readonly parent: string | undefined;
    readonly id: string;
    /** A secret is `[secret]`. */
    readonly inputs: Values;
    /** A secret is `[secret]`. */
    readonly outputs: Values;
    /** URNs of the resources in its inputs and its `dependsOn`. */
    readonly dependencies: readonly string[];
    readonly protect: boolean;
    readonly component: boolean;
    /** Whether a component provider (awsx) creates its children, in its own process. */
    readonly remote: boolean;
    /** The URN of its provider; undefined for the default provider. */
    readonly provider?: string;
}

/** For types without an entry, which only a user's own code creates. */
const UNKNOWN: Simulated = {
    id: named,
    outputs: (asked, place) => (asked.type.startsWith("aws:") ? arnAndName(asked, place) : {}),
};

export class SimulatedAws {
    private readonly place: Place;

    /** `running`: the version of Keycloak that an earlier `up` deployed. */
    constructor(
        readonly region: string,
        private readonly running?: string,
    ) {
        this.place = new Place(region);
    }

    /** The results of functions such as `aws.getRegion`. */
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
            case "aws:ssm/getParameter:getParameter": // the newest AMI of Amazon Linux; the program reads no other parameter so
                return { ...inputs, insecureValue: `ami-${digits(String(inputs.name))}`, id: inputs.name };
            case "aws:ecr/getAuthorizationToken:getAuthorizationToken":
                return { ...inputs, userName: "AWS", password: "simulated-password", proxyEndpoint: "", id: "token" };
            default: {
                const details = `the simulated AWS does not know ${token}: add it to automation/plan/simulated-aws.ts`;
                throw Object.assign(new Error(details), { details }); // the SDK looks for a gRPC error's `details`
            }
        }
    }

    /** The parameters that exist before the program runs: the running version (`components/keycloak/deployed-version.ts`). */
    private parameters(path: string) {
        const names = this.running === undefined || !path.endsWith("/versions/keycloak") ? [] : ["begun", "running"];
        return { names: names.map((name) => `${path}/${name}`), values: names.map(() => this.running) };
    }

    /** The id and outputs of a new resource. */
    create(type: string, name: string, inputs: Values): { id: string; outputs: Values } {
        const asked = { type, name, inputs };
        const remote = REMOTE_COMPONENTS[type];
        if (remote) return { id: named(asked), outputs: { ...inputs, ...remote.outputs(name, inputs, this.place) } };
        const { id: idOf, outputs } = typeEntry(type)?.simulated ?? UNKNOWN;
        const id = idOf(asked);
        return { id, outputs: { ...inputs, ...outputs({ ...asked, id }, this.place) } };
    }

    /** The children of a component of awsx, parents first. */
    children(type: string, name: string, inputs: Values): readonly Child[] {
        return REMOTE_COMPONENTS[type]?.children(name, inputs, this.place) ?? [];
    }
}
