/** Connectors of charging stations by the names that people know them by; the words are OCPI's. Pure. */

import type { Connector, Station } from "../../lib/api/maps";
import type { Units } from "../../lib/look/units";

const NAMES: Record<string, string> = {
  IEC_62196_T2: "Type 2", IEC_62196_T2_COMBO: "CCS", IEC_62196_T1: "Type 1", IEC_62196_T1_COMBO: "CCS1", IEC_62196_T3C: "Type 3", IEC_62196_T3A: "Type 3A", CHADEMO: "CHAdeMO", TESLA_S: "NACS",
  GBT_AC: "GB/T AC", GBT_DC: "GB/T DC", DOMESTIC_F: "Schuko", DOMESTIC_E: "Type E", DOMESTIC_J: "T13/T23", DOMESTIC_G: "BS 1363", IEC_60309_2_single_16: "CEE 16 A", IEC_60309_2_three_16: "CEE 16 A", IEC_60309_2_three_32: "CEE 32 A",
};

/** "2 × CCS 150 kW". */
export function connector({ standard, count, power }: Connector, units: Units): string {
  const name = NAMES[standard] ?? standard.replaceAll("_", " ");
  return [count && count > 1 ? `${count} × ${name}` : name, typeof power === "number" && `${units.number(power, 1)} kW`].filter(Boolean).join(" ");
}

/** What stands beside a station on the map: the power of its strongest connector. */
export function power({ power: kW }: Pick<Station, "power">, units: Units): string {
  return typeof kW === "number" && kW > 0 ? `${units.number(kW)} kW` : "";
}
