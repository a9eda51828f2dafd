/** A proxy before the emulator with the two calls of Step Functions that moto lacks and the provider makes for each state machine. */
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * Whether a definition is valid is not asked of anybody here: moto's interpreter runs it (`state-machine.ts`). No version is ever published.
 */
const ANSWERS: Readonly<Record<string, object>> = {
    "AWSStepFunctions.ValidateStateMachineDefinition": { result: "OK", diagnostics: [] },
    "AWSStepFunctions.ListStateMachineVersions": { stateMachineVersions: [] },
};

/** From here on every client of this process and of the engine goes through it; the function that is returned ends that. */
export async function stepFunctions(): Promise<() => void> {
    const emulator = process.env.AWS_ENDPOINT_URL!;
    const { hostname: host, port } = new URL(emulator);
    const server = createServer((incoming, outgoing) => {
        const answer = ANSWERS[String(incoming.headers["x-amz-target"])];
        if (answer) {
            incoming.resume();
            outgoing.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(answer));
            return;
        }
        const { method, url: path, headers } = incoming;
        const onward = request({ host, port, method, path, headers }, (answered) => {
            outgoing.writeHead(answered.statusCode!, answered.headers);
            answered.pipe(outgoing);
        });
        onward.on("error", () => outgoing.destroy());
        incoming.pipe(onward);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return () => {
        process.env.AWS_ENDPOINT_URL = emulator;
        server.closeAllConnections();
        server.close();
    };
}
