/** Chinese: the demo. */
export const demo = {
  "demo.title": "演示控制",
};
