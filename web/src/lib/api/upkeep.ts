/** Upkeep: copies of the household, how the hub is reached, how it is doing, erasing it all. */

import { act, read } from "./call";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type About = Schemas["About"];
export type Automatic = Schemas["Automatic"];
export type Copy = Schemas["Kept"];
export type Copies = Schemas["Copies"];
export type Finding = Schemas["Finding"];
export type Served = Schemas["Served"];

export const about = () => read<About>("upkeep/about");
export const doctor = () => read<Schemas["Health"]>("upkeep/doctor");
export const archives = () => read<Copies>("upkeep/archives");
export const backup = (passphrase: string | null) => act<Schemas["Copy"]>("upkeep/backup", { passphrase });
export const exportAll = () => act<Schemas["Copy"]>("upkeep/export");
export const download = async (file: string) => (await act<Schemas["Download"]>("upkeep/download", { file })).url;
export const forget = (file: string) => act("upkeep/forget", { file });
export const verify = (file: string, passphrase: string | null) => act<Schemas["Contents"]>("upkeep/verify", { file, passphrase });
export const automatic = () => read<Automatic>("upkeep/automatic");
export const changeAutomatic = (changes: Schemas["AutomaticChanges"]) => act<Automatic>("upkeep/automatic_change", changes);
export const reached = () => read<Served>("upkeep/reached");
export const reach = (house: boolean) => act("upkeep/reach", { house });
export const erase = (name: string) => act("upkeep/erase", { name });
