/** The names, descriptions and tags that AWS accepts, where several types share the rule. AWS refuses others in the middle of an `up`. */

export interface TextRule {
    readonly takes: RegExp;
    readonly most: number;
    /** The rule of `takes`, in words. */
    readonly words: string;
    /** Pulumi generates it where it is missing: the resource's name, a dash and seven digits. */
    readonly filled?: true;
}

export const filled = (rule: TextRule): TextRule => ({ ...rule, filled: true });
export const upTo = (most: number, rule: TextRule): TextRule => ({ ...rule, most });

export const DASHED: TextRule = { takes: /^[A-Za-z0-9_-]+$/, most: 255, words: "letters, digits, - and _" };
export const DOTTED: TextRule = { takes: /^[A-Za-z0-9_.-]+$/, most: 64, words: "letters, digits, -, _ and ." };
/** For inputs whose reference names no characters: printable text without control characters. */
export const READABLE: TextRule = { takes: /^\P{Cc}*$/u, most: 255, words: "no control characters" };
/** The descriptions of security groups and their rules (EC2 user guide, "Security group rules"). */
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
