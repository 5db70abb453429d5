/** English: drives. */
export const drives = {};
