/** Chinese. */

import { board } from "./zh/board";
import { car } from "./zh/car";
import { charging } from "./zh/charging";
import { cockpit } from "./zh/cockpit";
import { demo } from "./zh/demo";
import { door } from "./zh/door";
import { drives } from "./zh/drives";
import { face } from "./zh/face";
import { gallery } from "./zh/gallery";
import { home } from "./zh/home";
import { links } from "./zh/links";
import { notices } from "./zh/notices";
import { offline } from "./zh/offline";
import { people } from "./zh/people";
import { recordings } from "./zh/recordings";
import { said } from "./zh/said";
import { scenes } from "./zh/scenes";
import { settings } from "./zh/settings";
import type { Messages } from "./words";

export const zh: Messages = {
  ...board,
  ...car,
  ...charging,
  ...cockpit,
  ...demo,
  ...door,
  ...drives,
  ...face,
  ...gallery,
  ...home,
  ...links,
  ...notices,
  ...offline,
  ...people,
  ...recordings,
  ...said,
  ...scenes,
  ...settings,
};
