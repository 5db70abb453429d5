/** English: films of another site. */
export const films = {
  "home.film.rests": "Stopped after a minute",
  "home.film.rests.what": "It comes through a relay, where every minute may cost mobile data. It stops when nobody touches the screen.",
  "home.film.rests.on": "Look on",
  "error.resting": "It stopped by itself",
  "advice.resting": "Ask for it again to look on.",
};
