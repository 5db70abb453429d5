/** English: recordings, as they are told of. */
export const recordings = {
  "recordings.title": "Recordings",
  "event.RecordingsDeleted": "Deleted recordings",
};
