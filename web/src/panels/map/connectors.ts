/** Connectors of charging stations by the names that people know them by; the words are OCPI's. Pure. */

import type { Connector, Station } from "../../lib/api/maps";
import type { Words } from "../../lib/i18n/words";
import type { Units } from "../../lib/look/units";

const KNOWN = [
  "IEC_62196_T2", "IEC_62196_T2_COMBO", "IEC_62196_T1", "IEC_62196_T1_COMBO", "IEC_62196_T3C", "IEC_62196_T3A", "CHADEMO", "TESLA_S", "GBT_AC", "GBT_DC",
  "DOMESTIC_F", "DOMESTIC_E", "DOMESTIC_J", "DOMESTIC_G", "IEC_60309_2_single_16", "IEC_60309_2_three_16", "IEC_60309_2_three_32",
] as const;

/** "2 × CCS (fast, DC) 150 kW". */
export function connector({ standard, count, power }: Connector, units: Units, words: Words): string {
  const known = KNOWN.find((one) => one === standard);
  const name = known ? words.t(`map.plug.${known}`) : standard.replaceAll("_", " ");
  return [count && count > 1 ? `${count} × ${name}` : name, typeof power === "number" && `${units.number(power, 1)} kW`].filter(Boolean).join(" ");
}

/** What stands beside a station on the map: the power of its strongest connector. */
export function power({ power: kW }: Pick<Station, "power">, units: Units): string {
  return typeof kW === "number" && kW > 0 ? `${units.number(kW)} kW` : "";
}
