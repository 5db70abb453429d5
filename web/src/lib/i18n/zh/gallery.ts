/** Chinese: the gallery. */
export const gallery = {
  "gallery.title": "组件库",
  "gallery.owners": "组件库仅供户主查看",
  "gallery.pick.none": "没有这个名称",
};
