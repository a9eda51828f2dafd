/** Lets a stack fall asleep, and wakes it. */
import type { Word } from "../../../components/off-hours/state";
import { deployed, sfnOf } from "../../runner/deployed";
import { changeState } from "../../runner/off-hours";
import type { CommandContext } from "../../shared/context";
import { UsageError } from "../../shared/errors";
import { DONE } from "../../shared/exit-codes";

export async function change(
    stack: string,
    word: Word,
    context: Pick<CommandContext, "root" | "out" | "err" | "signal">,
): Promise<number> {
    const { aws, outputs } = await deployed(context.root, stack);
    const { offHoursMachine: machine } = outputs;
    if (machine === undefined) {
        throw new UsageError(
            `${stack} has no off hours: identity:schedule: { off: "19:00", on: "07:00" } in Pulumi.${stack}.yaml, and npx identity up`,
        );
    }
    await changeState({ sfn: await sfnOf(aws.region), stack, machine }, word, context);
    context.out(`${stack} is ${word === "sleep" ? "asleep" : "awake"}\n`);
    return DONE;
}
