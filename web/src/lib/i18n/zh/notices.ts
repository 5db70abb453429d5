/** Chinese: notices and web push. */
export const notices = {};
