// Two programs, built one after the other: the console's (`vite build`) and that of studies
// (`vite build --mode studies`). Neither imports from the other, and each is one file, because the
// second is also written into reports that stand by themselves.
// The names of the files are stable: the server adds the hash of the content to their addresses.
import { defineConfig } from "vite";

export default defineConfig(({ mode }) => {
  const name = mode === "studies" ? "studies" : "console";
  return {
    base: "/static/",
    publicDir: name === "console" ? "public" : false,
    build: {
      outDir: "dist",
      emptyOutDir: name === "console",
      assetsInlineLimit: 0,
      cssCodeSplit: false,
      modulePreload: false,
      chunkSizeWarningLimit: 800,
      target: "es2022",
      rolldownOptions: {
        input: `src/${name}.ts`,
        output: {
          format: name === "console" ? "es" : "iife",
          entryFileNames: `${name}.js`,
          assetFileNames: (asset) =>
            asset.names?.[0]?.endsWith(".css") ? `${name}.css` : "fonts/[name][extname]",
        },
      },
    },
  };
});
