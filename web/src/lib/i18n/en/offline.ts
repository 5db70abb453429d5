/** English: what is said without the hub. */
export const offline = {};
