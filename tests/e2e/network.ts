import { Vpc } from "../../components/vpc";

/** A network of two zones, for suites that try components one by one. */
export const smallVpc = (region: string, privateZoneName: string) =>
    new Vpc("vpc", {
        cidr: "10.20.0.0/20",
        zones: 2,
        nat: "single",
        region,
        privateZoneName,
        transform: { vpc: { vpcEndpointSpecs: [] } }, // see zone.test.ts
    });
