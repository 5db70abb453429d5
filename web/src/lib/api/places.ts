/** The household's places, and where whoever is signed in was led last. */

import type { Point } from "../things/whereabouts";
import { act, read } from "./call";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Recent = Schemas["RecentPlace"];

export const recent = () => read<{ recent: Recent[] }>("places/list").then((found) => found.recent);
export const add = (what: { name: string; icon: "location" | "star" | "work"; favourite?: boolean } & Point) => act("places/add", what);
export const remove = (id: string) => act("places/remove", { id });
