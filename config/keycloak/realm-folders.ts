/** Where realm files are, from the project's root, where Pulumi runs a program. */
export const REALMS = "images/keycloak/realms";

/** The folders of a stack's realm files: of all stacks, and of this one, which need not be there. */
export const realmFolders = (stack: string): readonly string[] => [REALMS, `${REALMS}/${stack}`];
