/** `npx identity sleep` and `wake` of a stack that is up, and what an update says in between. */
import { DescribeInstancesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { DescribeServicesCommand, ECSClient } from "@aws-sdk/client-ecs";
import { DescribeDBInstancesCommand, RDSClient } from "@aws-sdk/client-rds";
import { expect } from "chai";
import { change } from "../../automation/commands/off-hours/change";
import type { TestStack } from "./engine";

export async function sleepsAndWakes(stack: TestStack, region: string): Promise<void> {
    const said: string[] = [];
    const context = {
        root: stack.dir,
        out: (text: string) => void said.push(text),
        err: (text: string) => void said.push(text),
        signal: new AbortController().signal,
    };
    const before = await running(stack, region);
    expect(before.tasks.some((count) => count > 0)).to.equal(true); // a service may have none
    expect(before).to.deep.include({ databases: ["available"], machines: before.machines.map(() => "running") });

    expect(await change(stack.name, "sleep", context)).to.equal(0);
    expect(said.at(-1)).to.equal(`${stack.name} is asleep\n`);
    expect(await running(stack, region)).to.deep.equal({
        tasks: before.tasks.map(() => 0),
        databases: ["stopped"],
        machines: before.machines.map(() => "stopped"),
    });
    const refused = (await stack.up().catch((e: Error) => e)) as Error;
    expect(refused).to.be.instanceOf(Error);
    expect(stack.log).to.contain(`${stack.name} is asleep; nothing was made`);
    expect(stack.log).to.contain(`npx identity wake --stack ${stack.name}`);

    expect(await change(stack.name, "wake", context)).to.equal(0);
    expect(said.at(-1)).to.equal(`${stack.name} is awake\n`);
    expect(await running(stack, region)).to.deep.equal(before);
    await stack.upUnchanged();
}

/** What the stack runs, as AWS has it. */
async function running(stack: TestStack, region: string) {
    const resources = await stack.resources();
    const of = (type: string) => resources.filter((resource) => resource.type === type).map(({ outputs }) => outputs!);
    const ecs = new ECSClient({ region });
    const tasks = of("aws:ecs/service:Service").map(async ({ cluster, name }) => {
        const describe = new DescribeServicesCommand({ cluster: String(cluster), services: [String(name)] });
        return (await ecs.send(describe)).services![0]!.desiredCount!;
    });
    const databases = of("aws:rds/instance:Instance").map(async ({ identifier }) => {
        const describe = new DescribeDBInstancesCommand({ DBInstanceIdentifier: String(identifier) });
        return (await new RDSClient({ region }).send(describe)).DBInstances![0]!.DBInstanceStatus!;
    });
    const ids = of("aws:ec2/instance:Instance")
        .filter(({ sourceDestCheck }) => sourceDestCheck !== false) // a NAT instance stays
        .map(({ id }) => String(id));
    const { Reservations } = await new EC2Client({ region }).send(new DescribeInstancesCommand({ InstanceIds: ids }));
    const machines = Reservations!.flatMap(({ Instances }) => Instances!.map(({ State }) => State!.Name as string));
    return { tasks: await Promise.all(tasks), databases: await Promise.all(databases), machines };
}
