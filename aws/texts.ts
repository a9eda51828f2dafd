/** What AWS takes for a name, a description and a tag, as far as several types share it. What is not so is refused in the middle of an `up`. */

export interface TextRule {
    readonly takes: RegExp;
    readonly most: number;
    /** `takes`, in words. */
    readonly words: string;
    /** Pulumi fills it where it is not given: the resource's name, a dash and seven digits. */
    readonly filled?: true;
}

export const filled = (rule: TextRule): TextRule => ({ ...rule, filled: true });
export const upTo = (most: number, rule: TextRule): TextRule => ({ ...rule, most });

export const DASHED: TextRule = { takes: /^[A-Za-z0-9_-]+$/, most: 255, words: "letters, digits, - and _" };
export const DOTTED: TextRule = { takes: /^[A-Za-z0-9_.-]+$/, most: 64, words: "letters, digits, -, _ and ." };
/** Where no reference names any characters: what can be read, without control characters. */
export const READABLE: TextRule = { takes: /^\P{Cc}*$/u, most: 255, words: "no control characters" };
/** Of security groups and their rules (EC2 user guide, "Security group rules"). */
export const GROUP_TEXT: TextRule = {
    takes: /^[A-Za-z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/,
    most: 255,
    words: "letters, digits, spaces and . _ - : / ( ) # , @ [ ] + = & ; { } ! $ *",
};
const LABEL = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
export const DNS_NAME: TextRule = {
    takes: new RegExp(`^(\\*\\.)?(${LABEL}\\.)*${LABEL}\\.?$`),
    most: 253,
    words: "labels of up to 63 letters, digits and dashes",
};
