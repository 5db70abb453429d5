/** How a screen stands to the group of those who open what is private.
 *
 * `waiting`: it has said its keys and is not let in yet. `fresh`: somebody has to sign in anew before it can say others.
 *  `replaced`: it belonged to the group, and other keys stand in its place now. `old`: the hub shows an older list than this screen has seen.
 *  `forked`: another list of a version that is known here.
 *  `unvouched`: the hub shows a list with somebody in it whom no owner's screen has let in.
 *  `stranger`: the hub shows lists of another beginning. `unsafe`: the page's address is not a secured one. `unkept`: this
 *  browser keeps no keys. `elsewhere`: it is at another door, where keys are not said. `none`: there is no group. */
export type Standing = "looking" | "in" | "waiting" | "fresh" | "old" | "forked" | "unvouched" | "stranger" | "replaced" | "unsafe" | "unkept" | "elsewhere" | "none";
