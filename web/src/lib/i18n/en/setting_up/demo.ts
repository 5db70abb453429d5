/** English: steering the demo. */
export const demo = {
  "demo.drive": "Drive",
  "demo.faults": "Faults",
  "demo.off": "This page is for the demo household.",
  "demo.done": "Done",
  "demo.tunnel": "Drive through a tunnel",
  "demo.tunnel.what": "Car and home have a hub of their own here. In the tunnel nothing passes between them, and neither is told.",
  "demo.tunnel.in": "In the tunnel",
  "demo.tunnel.car": "Look at the car's page",
  "demo.tunnel.home": "Look at the home's page",
  "demo.tunnel.try": "What to look at",
  "demo.tunnel.try.age": "At home the car stands still. After about 15 s it does not answer, and its values show their age.",
  "demo.tunnel.try.on": "In the car everything of the car goes on. The house shows what was last, with its age.",
  "demo.tunnel.try.wish": "At home switch a lamp, and set the car's heating: the lamp obeys, the heating waits.",
  "demo.tunnel.try.out": "Out of the tunnel all is there again within a second or two, and the heating is set.",
  "demo.tunnel.try.lock": "What waits ends at its time: a lock after 5 s, a lamp after 30 s, heating after 10 min.",
};
