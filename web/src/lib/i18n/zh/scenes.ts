/** Chinese: scenes, as they are run and told of. */
export const scenes = {
  "scenes.title": "场景",
  "scene.undo": "撤销",
  "event.SceneRan": "执行了场景",
  "event.SceneUndone": "撤销了场景",
  "event.SceneMade": "新建了场景",
  "event.SceneChanged": "更改了场景",
  "event.SceneDeleted": "删除了场景",
};
