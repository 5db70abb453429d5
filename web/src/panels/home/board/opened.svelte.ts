/** What of the home is open over it: a thing, a room, all rooms. */
export class Opened {
  thing = $state<string | undefined>();
  room = $state<string | undefined>();
  rooms = $state(false);

  readonly openThing = (id: string): void => {
    this.thing = id;
  };

  readonly openRoom = (name: string): void => {
    this.room = name;
  };
}
