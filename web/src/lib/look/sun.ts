/** Where the sun stands: the low-accuracy method of Meeus, Astronomical Algorithms (2nd ed., chapters 22 and 25), as
 *  NOAA's solar calculator uses it. Good to 0.01° for the years 1900 to 2100; refraction is left out. */

const RAD = Math.PI / 180;
/** 1 January 2000, noon, in s since 1970. Terrestrial time is taken for UTC: a minute moves the sun by 0.0007°. */
const J2000 = 946_728_000;
const CENTURY = 36_525 * 86_400;

/** The sun's right ascension and declination in degrees, at `seconds` since 1970. */
export function place(seconds: number): { ascension: number; declination: number } {
  const t = (seconds - J2000) / CENTURY;
  const mean = 280.46646 + t * (36000.76983 + t * 0.0003032);
  const anomaly = (357.52911 + t * (35999.05029 - t * 0.0001537)) * RAD;
  const centre =
    Math.sin(anomaly) * (1.914602 - t * (0.004817 + t * 0.000014)) +
    Math.sin(2 * anomaly) * (0.019993 - t * 0.000101) +
    Math.sin(3 * anomaly) * 0.000289;
  const node = (125.04 - 1934.136 * t) * RAD;
  const longitude = (mean + centre - 0.00569 - 0.00478 * Math.sin(node)) * RAD;
  const tilt = (23.439291 - t * (0.0130042 + t * (0.00000016 - t * 0.000000504)) + 0.00256 * Math.cos(node)) * RAD;
  return {
    ascension: around(Math.atan2(Math.cos(tilt) * Math.sin(longitude), Math.cos(longitude)) / RAD),
    declination: Math.asin(Math.sin(tilt) * Math.sin(longitude)) / RAD,
  };
}

/** How high the sun's middle stands over the horizon, in degrees; negative: below it. East and north are positive. */
export function elevation(seconds: number, latitude: number, longitude: number): number {
  const t = (seconds - J2000) / CENTURY;
  const { ascension, declination } = place(seconds);
  // Greenwich's mean sidereal time (Meeus 12.4), from the whole days since J2000.
  const sidereal = 280.46061837 + 360.98564736629 * t * 36_525 + t * t * 0.000387933;
  const hour = (sidereal + longitude - ascension) * RAD;
  const [lat, dec] = [latitude * RAD, declination * RAD];
  return Math.asin(Math.sin(lat) * Math.sin(dec) + Math.cos(lat) * Math.cos(dec) * Math.cos(hour)) / RAD;
}

function around(degrees: number): number {
  return ((degrees % 360) + 360) % 360;
}
