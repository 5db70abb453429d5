/** Chinese: scenes, as they are run and told of. */
export const scenes = {
  "scenes.title": "场景",
  "scenes.all": "全部场景",
  "scenes.make": "新建场景",
  "scene.run": "执行",
  "scene.asked": "已请求",
  "scene.undo": "撤销",
};
