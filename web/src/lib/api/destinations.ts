/** Destinations: what is asked of the hub about them. */

import { act } from "./call";
import type { components } from "./schema";

export type Destination = components["schemas"]["Destination"];

/** Send what was shared to a car: a map's link, coordinates, or where to in words. Throws ApiError. */
export const send = (text: string, car: string): Promise<Destination> => act("destinations/send", { text, car });
export const remove = (id: string): Promise<Destination> => act("destinations/remove", { id });
/** Put one back that was removed. */
export const putBack = ({ name, latitude, longitude, link, car }: Destination): Promise<Destination> => act("destinations/put", { name, latitude, longitude, link, car });
