// Two programs and the styles of reports, built one after the other: the console's (`vite build`),
// that of studies (`vite build --mode studies`) and the styles (`vite build --mode report`).
// Neither program imports from the other, and each is one file, because the second is also written
// into reports that stand by themselves.
// The names of the files are stable: the server adds the hash of the content to their addresses.
import { defineConfig } from "vite";

const INPUTS = { console: "src/console.ts", studies: "src/studies.ts", report: "src/report.css" };

export default defineConfig(({ mode }) => {
  const name = mode in INPUTS ? mode : "console";
  return {
    base: "/static/",
    publicDir: name === "console" ? "public" : false,
    build: {
      outDir: "dist",
      emptyOutDir: name === "console",
      assetsInlineLimit: 0,
      cssCodeSplit: name === "report",
      modulePreload: false,
      chunkSizeWarningLimit: 800,
      target: "es2022",
      rolldownOptions: {
        input: INPUTS[name],
        output: {
          format: name === "studies" ? "iife" : "es",
          entryFileNames: `${name}.js`,
          assetFileNames: (asset) =>
            asset.names?.[0]?.endsWith(".css") ? `${name}.css` : "fonts/[name][extname]",
        },
      },
    },
  };
});
