/** English: what is said where somebody sets things up. It comes with that, not with the first load. */

import { camera } from "./setting_up/camera";
import { certificate } from "./setting_up/certificate";
import { clipboard } from "./setting_up/clipboard";
import { copies } from "./setting_up/copies";
import { demo } from "./setting_up/demo";
import { destinations } from "./setting_up/destinations";
import { devices } from "./setting_up/devices";
import { drives } from "./setting_up/drives";
import { faults } from "./setting_up/faults";
import { files } from "./setting_up/files";
import { films } from "./setting_up/films";
import { gallery } from "./setting_up/gallery";
import { guide } from "./setting_up/guide";
import { household } from "./setting_up/household";
import { log } from "./setting_up/log";
import { map } from "./setting_up/map";
import { maps } from "./setting_up/maps";
import { media } from "./setting_up/media";
import { messages } from "./setting_up/messages";
import { mqtt } from "./setting_up/mqtt";
import { notifications } from "./setting_up/notifications";
import { phones } from "./setting_up/phones";
import { recordings } from "./setting_up/recordings";
import { rights } from "./setting_up/rights";
import { rooms } from "./setting_up/rooms";
import { scenes } from "./setting_up/scenes";
import { sites } from "./setting_up/sites";
import { throws } from "./setting_up/throws";
import { welcome } from "./setting_up/welcome";

export const settingUp = {
  ...camera,
  ...certificate,
  ...clipboard,
  ...copies,
  ...demo,
  ...destinations,
  ...devices,
  ...drives,
  ...faults,
  ...files,
  ...films,
  ...gallery,
  ...guide,
  ...household,
  ...log,
  ...map,
  ...maps,
  ...media,
  ...messages,
  ...mqtt,
  ...notifications,
  ...phones,
  ...recordings,
  ...rights,
  ...rooms,
  ...scenes,
  ...sites,
  ...throws,
  ...welcome,
};
