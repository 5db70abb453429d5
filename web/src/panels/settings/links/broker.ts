/** A broker's settings as they are typed, and as the hub takes them. */

import type { BrokerSettings } from "../../../lib/api/links";

export interface Typed {
  host: string;
  port: string;
  tls: boolean;
  ca: string;
  user: string;
  prefix: string;
}

/** What stands in the form for these settings. */
export function typed(known: Partial<BrokerSettings>): Typed {
  const parts = /^(mqtts?):\/\/(\[[^\]]*\]|[^:/]*):?(\d*)/.exec(known.url ?? "");
  const tls = parts?.[1] === "mqtts";
  return {
    host: parts?.[2] ?? "",
    port: parts?.[3] || (tls ? "8883" : "1883"),
    tls,
    ca: known.ca ?? "",
    user: known.user ?? "",
    prefix: known.prefix ?? "homeassistant",
  };
}

/** The settings for what stands in the form. Somebody may have typed the whole address as the host. */
export function told(is: Typed): BrokerSettings {
  const host = is.host.trim();
  const url = host.includes("://") ? host : `${is.tls ? "mqtts" : "mqtt"}://${host}:${is.port.trim()}`;
  const text = (value: string) => (value.trim() === "" ? null : value.trim());
  return { url, user: text(is.user), ca: is.tls ? text(is.ca) : null, prefix: is.prefix.trim() };
}

/** What of a car others may be let do: sentences of its grants. */
export const COMFORT = (id: string) => [`act ${id}/Vehicle.Powertrain.TractionBattery.Charging.ChargeLimit`, `act ${id}/Vehicle.Powertrain.TractionBattery.Charging.StartStopCharging`, `act ${id}/Vehicle.Cabin.HVAC.**`];
export const OPENS = (id: string) => [`act ${id}/Vehicle.Cabin.Door.**`, `act ${id}/Vehicle.Body.**`, `act ${id}/Vehicle.Powertrain.TractionBattery.Charging.ChargingPort.**`];
