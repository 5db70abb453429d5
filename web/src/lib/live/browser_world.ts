/** The browser's own network and clock, as the live connection sees them. */

import { Gathered } from "./gathered";
import type { Wire, WireEvents, World } from "./world";

function connect(events: WireEvents): Wire {
  const url = new URL("api/live", location.href);
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
  connect,
  now: () => Date.now(),
  steady: () => performance.now(),
  random: () => Math.random(),
  later: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
