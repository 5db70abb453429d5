/** Whether this device has a picture for a sign: fonts without it draw the same box as for any sign that is not there. */

const SIZE = 24;
/** Assigned to nothing, so no font has it. */
const MISSING = "\u{1F8FF}";

function painted(text: string): string {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  if (pen === null) return "";
  pen.textBaseline = "top";
  pen.font = `${SIZE * 0.8}px sans-serif`;
  pen.fillText(text, 0, 0);
  return pen.getImageData(0, 0, SIZE, SIZE).data.join();
}

export function drawn(sign: string): boolean {
  const box = painted(MISSING);
  return box !== "" && painted(sign) !== box;
}
