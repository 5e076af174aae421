import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// A running Ingot whose APIs the development server shows the browser as its own.
const server = process.env["INGOT_URL"] ?? "https://localhost:8443";

export default defineConfig({
  base: "/app/",
  plugins: [react()],
  build: {
    target: "es2022",
    // The server's content security policy allows no data: fonts or scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
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
