// Runs before the first paint, so that a dark screen never flashes white. The key is the one the console stores.
(function () {
  var stored = null;
  try {
    stored = localStorage.getItem("mantine-color-scheme-value");
  } catch {
    // Storage is switched off: follow the system.
  }
  var scheme = stored === "light" || stored === "dark" ? stored : null;
  if (scheme === null) scheme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  document.documentElement.setAttribute("data-mantine-color-scheme", scheme);
})();
