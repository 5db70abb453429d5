/** English: the demo. */
export const demo = {
  "demo.title": "Demo steering",
};
