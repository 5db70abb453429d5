/** What parts have to bear: a name that nobody expected, and one that runs the other way. Names of things, so in no
 *  language of the cockpit's own. */

export const LONG = "Großmutters alte Stehlampe im Wintergarten 客厅角落里的落地灯 neben dem Klavier 🎹";
export const HEBREW = "מנורת הסלון הגדולה";
export const UNBROKEN = "Donaudampfschifffahrtsgesellschaftskapitänskajütenbeleuchtung";
