/** English: what a guest's phone throws at a screen. */
export const throws = {
  "throw.open": "From a guest's phone",
  "throw.title": "From a guest's phone",
  "throw.code": "QR code for a guest's phone",
  "throw.what": "Whoever scans this can throw one text, link or file of up to 8 MB at this screen. Once, and they see nothing of yours.",
  "throw.warns": "It works in the hub's network. A phone that does not know this household may warn of the address first.",
  "throw.over": "This code is over",
  "throw.again": "A new code",
  "throw.wrong": "What came can't be opened",
  "throw.wrong.what": "It was not sealed for this screen, or was changed on its way.",
  "throw.came": "From a guest's phone",
  "throw.came.what": "Who sent it is not known. Open it only if you expected it.",
  "throw.keep": "Into my clipboard",
  "throw.save": "Save",
  "throw.send": "To my screens",
};
