/** English: what plays. */
export const media = {
  "media.title": "Now playing",
  "media.what": "All players, and what plays at another one",
  "media.none": "There is no player",
  "media.none.what": "Speakers and televisions of a link stand here, and what plays on phones and computers that are paired.",
  "media.silent": "Silent",
  "media.nothing": "Nothing plays",
  "media.nothing.what": "Choose on the player itself what it plays.",
  "media.own": "Only you see what plays there",
  "media.to": "Play it elsewhere",
  "media.only_here": "What plays here lies where no other player can get it.",
  "media.goes": "It goes to {name}",
  "media.done": "It plays: {name}",
  "media.kept": "It goes on here",
  "media.both": "It plays at both",
} as const;
