/** Chinese: recordings, as they are told of. */
export const recordings = {
  "recordings.title": "录像",
  "event.RecordingsDeleted": "删除了录像",
};
