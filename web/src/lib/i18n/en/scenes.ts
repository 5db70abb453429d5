/** English: scenes, as they are run and told of. */
export const scenes = {
  "scenes.title": "Scenes",
  "scenes.all": "All scenes",
  "scenes.make": "Make a scene",
  "scene.run": "Run",
  "scene.asked": "asked for",
  "scene.undo": "Undo",
};
