/** English: the gallery. */
export const gallery = {
  "gallery.pick.none": "Nothing is called that",
};
