// Before the first paint: the theme this device was set to, so that nothing flashes.
(function () {
  var theme, lately;
  try {
    var look = JSON.parse(localStorage.getItem("wayhome.look") || "{}");
    theme = look.theme;
    // The car's glass goes by light and sun: as it was last.
    lately = look.lately;
  } catch (e) {
    // No storage here: the system's theme holds.
  }
  if (theme !== "day" && theme !== "night") theme = lately || (matchMedia("(prefers-color-scheme: light)").matches ? "day" : "night");
  document.documentElement.dataset.theme = theme;
})();
