import { expect } from "chai";
import { untilRoleIsSeen } from "../../../components/fargate/capacity-providers";

const NOT_YET = "Unable to assume the service linked role. Please verify that the ECS service linked role exists.";

describe("capacity providers of an account's first cluster", () => {
    /** ECS that answers with these errors in turn, and then without one. */
    async function ask(...errors: string[]) {
        let [asked, waited] = [0, 0];
        const send = async () => {
            const error = errors[asked++];
            if (error !== undefined) throw new Error(error);
        };
        await untilRoleIsSeen({ send } as never, "platform", () => void waited++, 0);
        return { asked, waited };
    }

    it("are asked for until ECS can assume its service-linked role", async () => {
        expect(await ask()).to.deep.equal({ asked: 1, waited: 0 });
        expect(await ask(NOT_YET, NOT_YET)).to.deep.equal({ asked: 3, waited: 2 });
    });

    it("are left to the provider where something else is wrong", async () => {
        expect(await ask("Cluster was not ACTIVE")).to.deep.equal({ asked: 1, waited: 0 });
    });
});
