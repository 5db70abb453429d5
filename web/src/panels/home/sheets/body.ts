/** What a thing's sheet gives to the part that is made for its kind. */

import type { ThingView } from "../../../lib/things/house";

export interface BodyProps {
  thing: ThingView;
  /** Since when its facts are not to be believed as "now" (s since 1970). */
  old?: number;
}
