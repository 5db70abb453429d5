/** Chinese: drives. */
export const drives = {};
