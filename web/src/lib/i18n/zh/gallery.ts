/** Chinese: the gallery. */
export const gallery = {};
