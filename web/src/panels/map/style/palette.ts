/** The map's colours, by day and by night, in the family of `tokens.css`: the road is cool, home is warm. */

export type Theme = "day" | "night";

export interface Palette {
  ground: string;
  town: string;
  field: string;
  green: string;
  wood: string;
  bare: string;
  water: string;
  building: string;
  rail: string;
  border: string;
  /** Roads from the smallest to the largest, and what they are edged with. */
  path: string;
  minor: string;
  middle: string;
  major: string;
  motorway: string;
  edge: string;
  tunnel: string;
  /** Letters: of streets, of towns, of water, and what keeps them clear of what is under them. */
  street: string;
  place: string;
  wet: string;
  quiet: string;
  halo: string;
  /** Shields of road numbers. */
  shield: string;
  onShield: string;
  /** The tokens that the map shares with the rest of the page. */
  road: string;
  onRoad: string;
  home: string;
  onHome: string;
  ok: string;
  surface: string;
  text: string;
}

export const PALETTES: Record<Theme, Palette> = {
  night: {
    ground: "#0c1218", town: "#0e151d", field: "#0e1618", green: "#10221c", wood: "#0e2019", bare: "#171c22", water: "#0e2a3f",
    building: "#18222d", rail: "#2b3846", border: "#4c5d70",
    path: "#22303d", minor: "#1f2b38", middle: "#293747", major: "#34465a", motorway: "#3f5671", edge: "#080c11", tunnel: "#18222e",
    street: "#b9c5d2", place: "#f4f7fa", wet: "#7fb4d6", quiet: "#93a1b0", halo: "#0a0f15",
    shield: "#2b3c4f", onShield: "#f4f7fa",
    road: "#4cc9ff", onRoad: "#04141d", home: "#ffb45e", onHome: "#241301", ok: "#5bd99a", surface: "#121922", text: "#f4f7fa",
  },
  day: {
    ground: "#f1f4f7", town: "#eceff4", field: "#eef2ea", green: "#d3e8d0", wood: "#c6dfc4", bare: "#ece8e0", water: "#bfdcee",
    building: "#dde3eb", rail: "#b4bfcb", border: "#8593a3",
    path: "#cfd7e0", minor: "#ffffff", middle: "#ffffff", major: "#ffffff", motorway: "#cfdcea", edge: "#c3cdd8", tunnel: "#e3e9ef",
    street: "#2d3947", place: "#0a0e13", wet: "#225e86", quiet: "#4a5665", halo: "#ffffff",
    shield: "#ffffff", onShield: "#1b2733",
    road: "#0072b0", onRoad: "#ffffff", home: "#974900", onHome: "#ffffff", ok: "#157a45", surface: "#ffffff", text: "#0a0e13",
  },
};
