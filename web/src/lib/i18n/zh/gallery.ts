/** Chinese: the gallery. */
export const gallery = {
  "gallery.pick.none": "没有这个名称",
};
