import type { Plugin } from "vite";

const LANGUAGES = ["en", "zh"];

/** Tells the page where the words of each language lie, so that it asks for those of its reader with the first breath
 *  (`public/theme.js`), while the scripts that want them are still on their way. */
export function early(): Plugin {
  return {
    name: "wayhome-early",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (_, { bundle }) => {
        const chunks = Object.values(bundle ?? {}).filter((one) => one.type === "chunk");
        const lies = LANGUAGES.map((language) => {
          const chunk = chunks.find((one) => one.facadeModuleId?.endsWith(`/i18n/${language}.ts`));
          if (chunk === undefined) throw new Error(`the words of ${language} have no file of their own`);
          return `${language} ./${chunk.fileName}`;
        });
        return [{ tag: "meta", attrs: { name: "words", content: lies.join(", ") }, injectTo: "head-prepend" }];
      },
    },
  };
}
