import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

// A running Ingot whose APIs the development server shows the browser as its own.
const server = process.env["INGOT_URL"] ?? "https://localhost:8443";

export default defineConfig({
  base: "/app/",
  plugins: [react(), compressed()],
  build: {
    target: "es2022",
    // The server's content security policy allows no data: fonts or scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // One file of what most pages share, rather than one for each icon.
        codeSplitting: {
          groups: [{ name: "shared", test: /node_modules|\/src\/(api|parts|session)\//, minShareCount: 4 }],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ["/api", "/packer", "/resource-manager"].map((prefix) => [
        prefix,
        {
          target: server,
          secure: false,
          changeOrigin: true,
          // Writes with a cookie are accepted from the server's own origin alone.
          headers: { origin: new URL(server).origin },
        },
      ]),
    ),
  },
});

/** Puts a .br and a .gz beside every file that gains by it: the server sends what the browser accepts. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    async writeBundle({ dir = "" }, bundle) {
      for (const [name, file] of Object.entries(bundle)) {
        const bytes = Buffer.from(file.type === "chunk" ? file.code : file.source);
        if (!/\.(js|css|html|svg)$/.test(name) || bytes.length < 1024) continue;
        await writeFile(join(dir, `${name}.br`), brotliCompressSync(bytes));
        await writeFile(join(dir, `${name}.gz`), gzipSync(bytes));
      }
    },
  };
}
