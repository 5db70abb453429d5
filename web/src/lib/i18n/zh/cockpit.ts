/** Chinese: the car's face. */
export const cockpit = {};
