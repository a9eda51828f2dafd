import { shortDigest } from "../../plan/tables/workloads";
import type { TaskDefinition } from "../../plan/sections/task-definitions";
import { badge, code, folded, json, table } from "../elements";
import { type Content, html } from "../html";
import type { Report } from "../report";

/** The task definitions of services or tasks, folded. */
export const definitionsOf = (users: readonly { readonly name: string }[], all: Report["taskDefinitions"]) =>
    html`<h3>Their task definitions</h3>
        ${users.map(({ name }) => definition(name, all))}`;

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
