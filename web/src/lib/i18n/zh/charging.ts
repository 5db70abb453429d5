/** Chinese: charging. */
export const charging = {};
