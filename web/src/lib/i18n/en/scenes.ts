/** English: scenes, as they are run and told of. */
export const scenes = {
  "scenes.title": "Scenes",
  "scene.undo": "Undo",
  "event.SceneRan": "A scene was run",
  "event.SceneUndone": "A scene was undone",
  "event.SceneMade": "Made a scene",
  "event.SceneChanged": "Changed a scene",
  "event.SceneDeleted": "Deleted a scene",
};
