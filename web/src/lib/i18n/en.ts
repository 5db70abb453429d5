/** English. The keys of every other language are checked against these. */

import { board } from "./en/board";
import { car } from "./en/car";
import { charging } from "./en/charging";
import { cockpit } from "./en/cockpit";
import { demo } from "./en/demo";
import { door } from "./en/door";
import { drives } from "./en/drives";
import { face } from "./en/face";
import { gallery } from "./en/gallery";
import { home } from "./en/home";
import { links } from "./en/links";
import { notices } from "./en/notices";
import { offline } from "./en/offline";
import { people } from "./en/people";
import { recordings } from "./en/recordings";
import { said } from "./en/said";
import { scenes } from "./en/scenes";
import { settings } from "./en/settings";

export const en = {
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
