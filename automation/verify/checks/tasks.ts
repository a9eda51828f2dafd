/** All articles: the tasks run. */
import { all, NotInStack, type Check, count, Failed } from "../check";

export const tasks: Check = {
    name: "tasks",
    proves: "every service runs as many tasks as it should, and they are well",
    async run(target) {
        if (target.serviceNames.length === 0) throw new NotInStack("the stack has no services");
        return all(target.serviceNames, async (name) => {
            const { tasks, wanted } = await target.service(name);
            const running = tasks.filter(({ status }) => status === "RUNNING");
            const unwell = running.filter(({ healthy }) => healthy === false);
            if (running.length !== wanted || unwell.length > 0) {
                const states = tasks.map(
                    ({ id, status, healthy }) =>
                        `${id} ${status}${healthy === undefined ? "" : healthy ? ", well" : ", not well"}`,
                );
                throw new Failed(
                    `${count(wanted, "task")} of ${name}, all of them well`,
                    `${name}: ${states.join("; ") || "none"}`,
                );
            }
            return `${name} ${running.length}`;
        });
    },
};
