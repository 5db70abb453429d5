/** English: charging. */
export const charging = {};
