import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["src/lib/api/schema.ts", "src/lib/icons/shapes.ts", "public/**", "src/sw.js", "src/sw-push.js", "src/sw-files.js", "src/throw/**"] },
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser, ...globals.node } } },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    rules: {
      "max-lines": ["error", { max: 250, skipBlankLines: false }],
      "@typescript-eslint/no-non-null-assertion": "off",
      "svelte/prefer-svelte-reactivity": "off",
      "svelte/no-navigation-without-resolve": "off",
      eqeqeq: "error",
    },
  },
  { files: ["src/lib/i18n/**/*.ts"], rules: { "max-lines": "off" } }, // data
  { files: ["**/*.svelte"], rules: { "max-lines": ["error", { max: 200 }] } },
);
