/** Days of the week, as a stack file has them: `mon-fri`, `mon,wed`, `sat-mon,wed`. */
import { type Day, DAYS } from "../components/off-hours/days";

/** In the order of a week, each once. A range may go over Sunday. */
export function daysOf(text: string): Day[] {
    const found = new Set(text.split(",").flatMap(range));
    return DAYS.filter((day) => found.has(day));
}

function range(text: string): Day[] {
    const [first, last = first] = text.split("-") as [Day, Day?];
    const [from, to] = [DAYS.indexOf(first), DAYS.indexOf(last)];
    const count = ((to - from + DAYS.length) % DAYS.length) + 1;
    return Array.from({ length: count }, (_, i) => DAYS[(from + i) % DAYS.length]!);
}
