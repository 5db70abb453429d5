/** English: the gallery. */
export const gallery = {
  "gallery.title": "Gallery",
  "gallery.owners": "The gallery is for the owners",
  "gallery.pick.none": "Nothing is called that",
};
