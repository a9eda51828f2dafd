import { expect } from "chai";
import { transformed } from "../../components/transform";

interface Args {
    size: number;
    name?: string;
}

describe("transformed", () => {
    const opts = { protect: true };

    it("leaves arguments and options as they are without a transform", () => {
        expect(transformed<Args>(undefined, "child", { size: 1 }, opts)).to.deep.equal(["child", { size: 1 }, opts]);
    });

    it("merges an object in, over what is there", () => {
        const args = transformed<Args>({ size: 2 }, "child", { size: 1, name: "a" }, opts);
        expect(args).to.deep.equal(["child", { size: 2, name: "a" }, opts]);
    });

    it("lets a function edit arguments and options, and tells it the name", () => {
        const edit = (args: Args, childOpts: { protect?: boolean }, name: string) => {
            args.name = `${name} of ${args.size}`;
            childOpts.protect = false;
        };
        expect(transformed<Args>(edit, "child", { size: 1 }, opts)).to.deep.equal([
            "child",
            { size: 1, name: "child of 1" },
            { protect: false },
        ]);
    });

    it("edits copies: options that several children share stay as they are", () => {
        const args: Args = { size: 1 };
        const edit = (ownArgs: Args, ownOpts: { protect?: boolean }) => {
            ownArgs.size = 2;
            ownOpts.protect = false;
        };
        transformed<Args>(edit, "child", args, opts);
        transformed<Args>({ size: 3 }, "child", args, opts);
        expect({ args, opts }).to.deep.equal({ args: { size: 1 }, opts: { protect: true } });
    });
});
