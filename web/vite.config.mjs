// The names of the files are stable: the server adds the hash of the content to their addresses.
import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/",
  build: {
    outDir: "dist",
    assetsInlineLimit: 0,
    cssCodeSplit: false,
    modulePreload: false,
    target: "es2022",
    rolldownOptions: {
      input: "src/console.ts",
      output: {
        entryFileNames: "console.js",
        assetFileNames: (asset) =>
          asset.names?.[0]?.endsWith(".css") ? "console.css" : "fonts/[name][extname]",
      },
    },
  },
});
