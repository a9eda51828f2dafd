import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { type AutoscalingArgs, autoscale } from "../../../components/fargate/autoscaling";
import type { Route } from "../../../components/endpoint";
import { make, type Made } from "../support";

const route = (loadBalancer: string, targetGroup: string) =>
    ({ metrics: { loadBalancer, targetGroup }, listening: [] }) as unknown as Route;
const scaled = (args: Partial<AutoscalingArgs>, routes: Route[] = []) =>
    make(() => {
        const parent = new pulumi.ComponentResource("test:index:Parent", "parent");
        autoscale("web", "platform", "web-1", { min: 2, max: 6, cpuPercent: 70, ...args }, routes, parent);
        return {};
    });
const policies = (made: Made) =>
    Object.fromEntries(
        made
            .all("aws.appautoscaling.Policy")
            .map(({ name, inputs }) => [
                name,
                inputs.targetTrackingScalingPolicyConfiguration as Record<string, unknown>,
            ]),
    );

describe("the scaling of a service", () => {
    it("is by CPU alone where nothing else is said", async () => {
        expect(Object.keys(policies(await scaled({})))).to.deep.equal(["web-cpu"]);
    });

    it("counts the requests of each load balancer by its own target group", async () => {
        const routes = [route("app/public/1", "targetgroup/a/1"), route("app/admin/2", "targetgroup/b/2")];
        const made = policies(await scaled({ requestsPerTask: 500 }, routes));
        expect(made["web-requests"]).to.deep.include({
            predefinedMetricSpecification: {
                predefinedMetricType: "ALBRequestCountPerTarget",
                resourceLabel: "app/public/1/targetgroup/a/1",
            },
            targetValue: 500,
        });
        expect(made["web-requests-2"]!.predefinedMetricSpecification).to.include({
            resourceLabel: "app/admin/2/targetgroup/b/2",
        });
    });

    it("divides the messages that wait in a queue by the tasks that run", async () => {
        const messagesPerTask = { jobs: { queueName: "acme-test-blog-jobs", messages: 100 } };
        const policy = policies(await scaled({ messagesPerTask }))["web-queue-jobs"]!;
        expect(policy.targetValue).to.equal(100);
        const { metrics } = policy.customizedMetricSpecification as { metrics: Record<string, unknown>[] };
        const [waiting, running, each] = metrics;
        expect(waiting!.metricStat).to.deep.equal({
            metric: {
                namespace: "AWS/SQS",
                metricName: "ApproximateNumberOfMessagesVisible",
                dimensions: [{ name: "QueueName", value: "acme-test-blog-jobs" }],
            },
            stat: "Sum",
        });
        expect(running!.metricStat).to.deep.equal({
            metric: {
                namespace: "ECS/ContainerInsights",
                metricName: "RunningTaskCount",
                dimensions: [
                    { name: "ClusterName", value: "platform" },
                    { name: "ServiceName", value: "web-1" },
                ],
            },
            stat: "Average",
        });
        expect(each).to.deep.include({ expression: "waiting / running", returnData: true });
        expect(metrics.filter(({ returnData }) => returnData)).to.have.length(1); // AWS takes one result alone
    });
});
