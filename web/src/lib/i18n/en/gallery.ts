/** English: the gallery. */
export const gallery = {};
