/** Where an application of a heritage listens unless its service says another port. */
export const APPLICATION_PORT = 8080;
