/** Hover, pressed and focus to look at without a hand: the rules of the page's own style sheets, asked for by an
 *  attribute (`data-show="hover"`) around a part instead of by what the pointer or the keyboard does. */

const STATES = { hover: /:hover/g, pressed: /:active/g, focus: /:focus-visible/g } as const;
/** What a hand or the keyboard can be on. */
const TOUCHED = ":is(button, a, input, select)";
export type ShownState = keyof typeof STATES;

function shown(selector: string): string | undefined {
  let found = selector;
  for (const [state, pseudo] of Object.entries(STATES)) found = found.replace(pseudo, `:is([data-show="${state}"] ${TOUCHED})`);
  return found === selector ? undefined : found;
}

function copies(rules: CSSRuleList): string[] {
  return [...rules].flatMap((rule) => {
    if (rule instanceof CSSStyleRule) {
      const selector = shown(rule.selectorText);
      return selector === undefined ? [] : [`${selector} { ${rule.style.cssText} }`];
    }
    return rule instanceof CSSMediaRule && rule.conditionText.includes("hover") ? copies(rule.cssRules) : [];
  });
}

/** Adds them to the page; returns how to take them away. */
export function showStates(page: Document): () => void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync([...page.styleSheets].flatMap((one) => copies(one.cssRules)).join("\n"));
  page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet];
  return () => (page.adoptedStyleSheets = page.adoptedStyleSheets.filter((one) => one !== sheet));
}
