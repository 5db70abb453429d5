// Before the first paint: the theme this device was set to, so that nothing flashes; and the words of its language are
// asked for, so that they are there when the page is.
(function () {
  var theme, lately, language;
  try {
    var look = JSON.parse(localStorage.getItem("wayhome.look") || "{}");
    theme = look.theme;
    language = look.language;
    // The car's glass goes by light and sun: as it was last.
    lately = look.lately;
  } catch (e) {
    // No storage here: the system's theme holds.
  }
  if (theme !== "day" && theme !== "night") theme = lately || (matchMedia("(prefers-color-scheme: light)").matches ? "day" : "night");
  document.documentElement.dataset.theme = theme;
  language = language || (/^zh/i.test((navigator.languages || [])[0] || "") ? "zh" : "en");
  var words = document.querySelector("meta[name=words]");
  var found = words && words.content.match(new RegExp(language + " ([^,]+)"));
  if (found) {
    var link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = found[1];
    document.head.append(link);
  }
})();
