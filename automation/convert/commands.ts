/** Commands as other formats write them. */
import { split } from "shlex";

/** A text that no shell reads there: its words. Where quotes do not close, a shell has to say so. */
export function words(text: string): string[] | string {
    try {
        return split(text);
    } catch {
        return text;
    }
}

/** A command of a format that splits texts into words by itself and takes lists as they are (compose, Copilot, Docker). */
export function command(value: unknown): string[] | string | undefined {
    if (Array.isArray(value)) return value.length > 0 ? value.map(String) : undefined;
    return typeof value === "string" && value.trim() !== "" ? words(value.trim()) : undefined;
}

/** As one text, for what is written in a comment or put behind another command. */
export const asText = (value: string[] | string): string => (typeof value === "string" ? value : value.join(" "));

const LOCAL = /(?:https?:\/\/)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::\w+|:\$\{?PORT\}?)?(\/[^\s"'|;&)?]*)?/g;

/** The path that a health check's command asks by HTTP: `curl -f http://localhost:3000/healthz`. */
export function askedPath(value: string[] | string): string | undefined {
    const text = asText(value);
    if (!/\b(curl|wget|http)/.test(text)) return undefined;
    const asked = [...text.matchAll(LOCAL)];
    return asked.length === 0 ? undefined : (asked.at(-1)![1] ?? "/");
}

/** A scheduler of which there must be one: Celery's beat, Heroku's clock. */
export const isScheduler = (name: string, value: string[] | string | undefined): boolean =>
    /^(beat|clock|scheduler|cron|celery-?beat)$/i.test(name) ||
    /\bcelery\b.*(\bbeat\b|\s-B\b)|\bclockwork\b|\brufus|\bsupercronic\b/.test(asText(value ?? ""));

/** A migration that others wait for, or that is said to run to its end. */
export const isMigration = (name: string, value: string[] | string | undefined): boolean =>
    /^(db-?)?(migrate|migrations?|init-?db|release|setup)$/i.test(name.replaceAll("_", "-")) ||
    /\b(db:migrate|db:prepare|db:chatwoot_prepare|migrate\b.*deploy|manage\.py migrate|alembic upgrade|flyway|ecto\.migrate|artisan migrate)/.test(
        asText(value ?? ""),
    );
