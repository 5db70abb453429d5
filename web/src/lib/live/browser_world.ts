/** The browser's own network and clock, as the live connection sees them. */

import { known } from "../doors";
import { Gathered } from "./gathered";
import { roam } from "./roaming";
import type { Wire, WireEvents, World } from "./world";

function open(door: string, events: WireEvents): Wire {
  const url = new URL("api/live", door === "" ? location.href : `${door}/`);
  url.protocol = url.protocol.replace("http", "ws");
  url.hash = "";
  const socket = new WebSocket(url);
  const gathered = new Gathered((text) => events.text(text));
  socket.onopen = () => events.open();
  socket.onmessage = (event) => gathered.add(String(event.data));
  socket.onclose = (event) => {
    gathered.all();
    events.closed(event.code);
  };
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => {
      gathered.drop();
      socket.onclose = socket.onmessage = socket.onopen = null;
      socket.close();
    },
  };
}

export const world: World = {
  connect: (events) => {
    if (known(window).length === 0) return open("", events);
    return roam(world, open, async () => (await import("../device_key")).others(window), events);
  },
  now: () => Date.now(),
  steady: () => performance.now(),
  random: () => Math.random(),
  later: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
