import { expect } from "chai";
import { Exit } from "../../../automation/shared/errors";
import { holderFrom, waitForLock } from "../../../automation/runner/lock";
import { Progress } from "../../../automation/runner/progress";
import type { OpenedStack } from "../../../automation/runner/stack";
import { began, ended, said, urn } from "./events";

const DATABASE = "aws:rds/instance:Instance";
const SERVICE = "aws:ecs/service:Service";

describe("progress", () => {
    const creating = { op: "create", type: DATABASE, name: "wallet" } as const;

    it("says what has ended and how long it took, and counts", () => {
        const progress = new Progress(0, 2);
        expect(progress.add(began(creating), 1000)).to.deep.equal([]);
        expect(progress.add(ended(creating), 82_000)).to.deep.equal([
            "1 m 22 s 1/2 created aws:rds Instance wallet (1 m 21 s)",
        ]);
        expect(progress.finished).to.deep.equal([
            { urn: urn(DATABASE, "wallet"), done: "created", milliseconds: 81_000 },
        ]);
    });

    it("breaks the silence after half a minute with what it waits for, the oldest first", () => {
        const progress = new Progress(0);
        progress.add(began(creating), 1000);
        progress.add(began({ op: "update", type: SERVICE, name: "issuer" }), 5000);
        progress.add(said("issuer: 1 of 3 tasks run", { urn: urn(SERVICE, "issuer") }), 6000);
        expect(progress.quiet(29_000)).to.deep.equal([]);
        expect(progress.quiet(31_000)).to.deep.equal([
            "   31 s waiting for aws:rds Instance wallet, creating for 30 s; aws:ecs Service issuer, updating for",
            "        26 s: issuer: 1 of 3 tasks run",
        ]);
        expect(progress.quiet(60_000)).to.deep.equal([]);
        expect(progress.quiet(61_000)[0]).to.contain("waiting for aws:rds Instance wallet, creating for 1 m 00 s");
        expect(new Progress(0).quiet(30_000)[0]).to.contain("waiting for the program");
    });

    it("shows a service whose deployment the program follows", () => {
        const progress = new Progress(0);
        const service = { op: "create", type: SERVICE, name: "issuer" } as const;
        progress.add(began(service), 0);
        progress.add(ended(service), 2000);
        progress.add(said("issuer: 0 of 3 tasks run", { urn: urn(SERVICE, "issuer") }), 3000);
        expect(progress.quiet(40_000)[0]).to.contain(
            "aws:ecs Service issuer, following for 37 s: issuer: 0 of 3 tasks run",
        );
    });

    it("draws the active steps within a terminal's width", () => {
        const progress = new Progress(0, 300);
        for (let i = 0; i < 20; i++)
            progress.add(began({ ...creating, name: `database-with-a-long-name-${i}` }), i * 1000);
        const screen = progress.screen(30_000, 40);
        expect(screen).to.have.length(10);
        expect(screen[8]).to.equal("  and 12 more");
        expect(screen[9]).to.equal("   30 s 0/300");
        expect(Math.max(...screen.map((line) => line.length))).to.be.below(40);
    });

    it("does not show components and reads", () => {
        const progress = new Progress(0);
        const component = { op: "create", type: "identity:index:Vpc", name: "vpc", custom: false } as const;
        const read = { op: "refresh", type: DATABASE, name: "wallet" } as const;
        for (const one of [component, read]) {
            expect([...progress.add(began(one), 0), ...progress.add(ended(one), 5000)]).to.deep.equal([]);
        }
        expect(progress.finished).to.deep.equal([]);
    });
});

describe("a lock that another run holds", () => {
    const LINE =
        "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file\n" +
        "  s3://state/.pulumi/locks/organization/identity/dev/abc.json: created by jane@ci-7 (pid 4711) at 2026-11-24T13:50:59Z";
    const HOLDER = "jane@ci-7 (pid 4711) since 2026-11-24T13:50:59Z";

    it("names its holder where Pulumi does", () => {
        expect(holderFrom(LINE)).to.equal(HOLDER);
        expect(holderFrom("[409] Conflict: Another update is currently in progress.")).to.equal("another run");
    });

    const wait = async (answers: (string | undefined)[], milliseconds: number) => {
        let err = "";
        const around = { err: (text: string) => void (err += text), signal: new AbortController().signal };
        const args = { deadline: Date.now() + milliseconds, context: around as never };
        const ask = () => Promise.resolve(answers.length > 1 ? answers.shift() : answers[0]);
        const opened = { stack: { name: "dev" } } as unknown as OpenedStack;
        const error = await waitForLock(opened, args, ask).catch((thrown: Exit) => thrown);
        return { error, err };
    };

    it("is waited for, and reported once", async () => {
        expect(await wait([undefined], 0)).to.deep.equal({ error: undefined, err: "" });
        expect(await wait([HOLDER, undefined], 20)).to.deep.include({
            error: undefined,
            err:
                `the stack is locked by ${HOLDER}; waiting for up to 0 s\n` +
                "  if that run is gone for good: pulumi cancel --stack dev\n",
        });
    });

    it("ends the command at the deadline", async () => {
        const { error } = await wait([HOLDER], 20);
        expect(error).to.be.instanceOf(Exit).and.to.include({ code: 5 });
        expect(error!.message).to.contain(`locked by ${HOLDER}`).and.to.contain("pulumi cancel --stack dev");
    });
});
