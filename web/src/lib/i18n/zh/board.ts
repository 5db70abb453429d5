/** Chinese: the home board in the car. */
export const board = {};
