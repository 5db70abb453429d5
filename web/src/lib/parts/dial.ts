/** The round scale of a dial: three quarters of a circle of 200 by 200, open below. */

export interface Scale {
  min: number;
  max: number;
  step: number;
}

const START = 135;
const SWEEP = 270;
const RADIUS = 86;

/** Where a value stands, in degrees clockwise from the right. */
export function angle(value: number, { min, max }: Scale): number {
  return START + (Math.min(1, Math.max(0, (value - min) / (max - min || 1))) * SWEEP);
}

/** A place on the circle of that radius. */
export function spot(degrees: number, radius: number): { x: number; y: number } {
  const turn = (degrees * Math.PI) / 180;
  return { x: 100 + radius * Math.cos(turn), y: 100 + radius * Math.sin(turn) };
}

/** A value on one of the scale's steps, within its ends. */
export function snapped(value: number, { min, max, step }: Scale): number {
  const whole = Math.round((value - min) / step) * step + min;
  return Math.min(max, Math.max(min, Number(whole.toFixed(4))));
}

/** The value at a place, seen from the middle. Below, where the scale is open, its nearer end. */
export function atAngle(x: number, y: number, scale: Scale): number {
  const degrees = ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360;
  const turned = (degrees - START + 360) % 360;
  const part = turned <= SWEEP ? turned / SWEEP : turned < SWEEP + (360 - SWEEP) / 2 ? 1 : 0;
  return snapped(scale.min + part * (scale.max - scale.min), scale);
}

/** The line of the scale from one value to another, as SVG path data. */
export function arc(from: number, to: number, scale: Scale): string {
  const [start, end] = [angle(from, scale), angle(to, scale)];
  const [one, other] = [spot(start, RADIUS), spot(end, RADIUS)];
  return `M${one.x.toFixed(2)} ${one.y.toFixed(2)}A${RADIUS} ${RADIUS} 0 ${end - start > 180 ? 1 : 0} 1 ${other.x.toFixed(2)} ${other.y.toFixed(2)}`;
}
