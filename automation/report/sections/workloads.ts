import { deploymentText, shortDigest, tasks, versionRow } from "../../plan/render/services";
import type { TaskDefinition } from "../../plan/sections/task-definitions";
import { badge, code, folded, json, linesOf, table, tableSection } from "../elements";
import { type Content, html } from "../html";
import { zoneLetters } from "../picture/zones";
import type { MakeSection, Report } from "../report";

export const servicesSection: MakeSection = ({ model: { services, region }, taskDefinitions }) =>
    tableSection("services", "Services", {
        heads: ["service", "tasks", "each", "zones", "deployment", "shell", "logs"],
        rows: services.map((service) => [
            html`<a href="#definition-${service.name}">${service.name}</a>`,
            tasks(service),
            size(service),
            zoneLetters(service.zones, region),
            linesOf([deploymentText(service.deployment), ...versionRow(service).map(([, text]) => text)]),
            service.exec ? "on" : "off",
            service.logs ? linesOf([code(service.logs.group), `${service.logs.days} days`]) : "none",
        ]),
        after: definitions(services, taskDefinitions),
    });

export const tasksSection: MakeSection = ({ model, taskDefinitions }) =>
    tableSection("tasks", "Tasks that run to their end", {
        caption: "Tasks",
        heads: ["task", "when", "each", "command"],
        rows: model.tasks.map((task) => [
            task.name,
            task.schedule
                ? html`${code(task.schedule.expression)} ${task.schedule.timeZone}`
                : task.command.length > 0
                  ? "before each deployment, which it stops where it fails; by hand"
                  : "by hand",
            size(task),
            task.command.length > 0 && code(task.command.join(" ")),
        ]),
        after: definitions(model.tasks, taskDefinitions),
    });

const definitions = (users: readonly { readonly name: string }[], all: Report["taskDefinitions"]) =>
    html`<h3>Their task definitions</h3>
        ${users.map(({ name }) => definition(name, all))}`;

const size = ({ cpu, memory }: { cpu: number; memory: number }) => `${cpu / 1024} vCPU, ${memory / 1024} GiB`;

/** The main parts of each container; the whole task definition is folded below. */
function definition(name: string, all: Report["taskDefinitions"]): Content {
    const found = all.get(name);
    if (!found) return undefined;
    const { containerDefinitions: containers } = found;
    return folded(
        html`<b>${name}</b>
            <span class="quiet">${containers.map((containerDefinition) => containerDefinition.name).join(", ")}</span>`,
        html`${containers.map(container)}${folded("as ECS gets it", json(found))}`,
        `definition-${name}`,
    );
}

function container(containerDefinition: TaskDefinition["containerDefinitions"][number]): Content {
    const { name, image, command, portMappings = [], environment = [], secrets = [] } = containerDefinition;
    const { user, readonlyRootFilesystem } = containerDefinition;
    return html`<h4>${name}</h4>
        <p>
            ${code(shortDigest(image))}${
                portMappings.length > 0 &&
                html`, ports ${portMappings.map(({ containerPort }) => containerPort).join(", ")}`
            }${user !== undefined && `, as user ${user}`}${readonlyRootFilesystem && ", its files read-only"}
        </p>
        ${command && command.length > 0 && commandOf(command)}${
            environment.length + secrets.length > 0 &&
            table({
                caption: `Variables of ${name}`,
                heads: ["variable", "value"],
                rows: [
                    ...environment.map((each) => [code(each.name), code(each.value)]),
                    ...secrets.map((each) => [
                        code(each.name),
                        html`${badge("secret", "plain")} ${code(each.valueFrom.replace(/^.*:parameter/, ""))}`,
                    ]),
                ],
            })
        }`;
}

const LONG = 200;
const commandOf = (command: readonly string[]) => {
    const text = command.join(" ");
    return text.length > LONG ? folded("its command", html`<p>${code(text)}</p>`) : html`<p>${code(text)}</p>`;
};
