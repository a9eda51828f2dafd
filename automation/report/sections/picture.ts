import { html } from "../html";
import { effects } from "../picture/zones";
import { svg } from "../picture/svg";
import type { MakeSection } from "../report";

const STATES = { down: "down", "may be down": "down", waits: "warn", less: "good", whole: "good" } as const;

/** The picture, and a list of the effects of a lost zone. */
export const pictureSection: MakeSection = ({ picture }) => {
    const zones = picture.zones.map((letter, zone) => ({ letter, zone, all: effects(picture, zone) }));
    return {
        id: "picture",
        title: "The platform",
        body: html`<div class="picture">
            <div class="tools">
                <fieldset class="zones">
                    <legend>Show the loss of</legend>
                    <label><input type="radio" name="zone" id="lose-none" checked />nothing</label>
                    ${zones.map(({ letter, zone }) => html`<label><input type="radio" name="zone" id="lose-${zone}" />zone ${letter}</label>`)}
                </fieldset>
                <div class="zoom" hidden>
                    <button type="button" data-zoom="out" aria-label="smaller">−</button
                    ><button type="button" data-zoom="fit">fit</button
                    ><button type="button" data-zoom="in" aria-label="larger">+</button>
                </div>
            </div>
            <div class="frame" role="region" aria-label="Picture of the platform" tabindex="0">
                ${svg(picture, { losses: true })}
            </div>
            <div class="losses">
                ${zones.map(
                    ({ letter, zone, all }) =>
                        html`<div class="loss of-${zone}">
                            <h3>If zone ${letter} is lost</h3>
                            <ul>
                                ${all.map(({ state, who, text }) => html`<li class="${STATES[state]}">${sentence(who, text)}</li>`)}
                            </ul>
                        </div> `,
                )}
            </div>
        </div>`,
    };
};

/** `issuer, hello: each goes on with 1 of 2 tasks` */
const sentence = (who: readonly string[], text: string) =>
    who.length === 1 ? html`<b>${who[0]}</b> ${text}` : html`<b>${who.join(", ")}</b>: each ${text}`;
