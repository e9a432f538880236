/* Builds the viewer of images: the only bundle of this front end, because its codecs and its library come in modules of
   npm. Run by script/front-end, which says where the result goes. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const parts = { entryFileNames: "parts/[name]-[hash].js", chunkFileNames: "parts/[name]-[hash].js", assetFileNames: "parts/[name]-[hash][extname]" };
const here = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig({
  root: here,
  base: "./",
  // The image loader names the modules of node by their bare names.
  resolve: { alias: { events: "events/", url: "url/" } },
  define: { "process.env.NODE_ENV": '"production"' },
  worker: { format: "es", rollupOptions: { output: parts } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    emptyOutDir: true,
    modulePreload: false,
    chunkSizeWarningLimit: 4000,
    rollupOptions: {
      input: `${here}viewer.js`,
      output: { ...parts, entryFileNames: "viewer.js" },
    },
  },
});
