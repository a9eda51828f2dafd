/** "Letters, numbers, and spaces representable in UTF-8, and the following characters: . : + = @ _ / -" (AWS General Reference, "Tag naming limits and requirements"). */
export const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
