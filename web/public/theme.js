// Before the first paint: the theme this device was set to, so that nothing flashes.
(function () {
  var theme;
  try {
    theme = JSON.parse(localStorage.getItem("wayhome.look") || "{}").theme;
  } catch (e) {
    // No storage here: the system's theme holds.
  }
  if (theme !== "day" && theme !== "night") theme = matchMedia("(prefers-color-scheme: light)").matches ? "day" : "night";
  document.documentElement.dataset.theme = theme;
})();
