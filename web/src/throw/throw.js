/* The page of a guest's phone: it throws one text, link or file at the screen whose code was scanned. */

import { parts, seal } from "./throw_seal.js";

const WORDS = {
  en: {
    title: "Throw something at this screen",
    what: "One text, link or file, once. It is sealed for that screen. You see nothing of what is on it.",
    label: "A text or a link", go: "Throw it", file: "A file instead", photo: "Take a photo",
    doing: "On its way …", done: "It is there", doneWhat: "Look at the screen. This code is used up.",
    over: "This code is over", overWhat: "It was used, closed, or shown more than five minutes ago. Ask for a new one on the screen, and scan that.",
    driving: "Not while driving", drivingWhat: "The car moves. Throw it when it is parked.",
    large: "This is too large", largeWhat: "At most 8 MB.",
    unsafe: "This address is not a secured one", unsafeWhat: "Open it with https, as the code says.",
    lost: "It did not get there", lostWhat: "Is this phone in the same network as the screen? Try again.",
    busy: "Too much at once", busyWhat: "Wait a moment, then try again.",
    coming: "Something is on its way with this code", comingWhat: "If it broke off, this code is free again within two minutes. This page waits for that.",
    again: "Try again",
  },
  zh: {
    title: "向这个屏幕发送",
    what: "一段文字、一个链接或一个文件，仅限一次。内容为该屏幕密封，您看不到屏幕上的任何内容。",
    label: "文字或链接", go: "发送", file: "改为发送文件", photo: "拍照",
    doing: "正在发送…", done: "已送达", doneWhat: "请看屏幕。这个二维码已用过。",
    over: "二维码已失效", overWhat: "它已被使用、关闭，或显示超过五分钟。请在屏幕上重新打开并扫描。",
    driving: "行车中不可用", drivingWhat: "车正在行驶，请在停车后发送。",
    large: "太大了", largeWhat: "最多 8 MB。",
    unsafe: "这个地址不安全", unsafeWhat: "请按二维码中的 https 地址打开。",
    lost: "没有送达", lostWhat: "手机和屏幕在同一个网络中吗？请重试。",
    busy: "请求过多", busyWhat: "请稍等片刻再试。",
    coming: "这个二维码正在传送内容", comingWhat: "如果传送中断，二维码会在两分钟内恢复可用，本页面会等待。",
    again: "重试",
  },
};
const words = WORDS[navigator.language.startsWith("zh") ? "zh" : "en"];
/** What the hub's answers mean to whoever stands there. */
const WHY = { 404: "over", 409: "over", 413: "large", 429: "busy", 403: "driving", 423: "coming" };
/** What is told may be otherwise in a moment. */
const PASSES = ["lost", "busy", "driving"];
/** How long to wait, in ms, until it is asked again whether what was on its way has broken off. */
const PAUSE = 3_000;
/** So many bytes are left for what stands before the content. */
const ROOM = 2_048;
const find = (id) => document.getElementById(id);

document.documentElement.lang = navigator.language.startsWith("zh") ? "zh" : "en";
document.title = `Wayhome: ${words.title}`;
for (const one of document.querySelectorAll("[data-word]")) one.textContent = words[one.dataset.word];

const given = parts(location.hash);
let most = 0;

function say(what, ended) {
  find("said").textContent = words[what];
  find("more").textContent = words[`${what}What`] ?? "";
  find("say").hidden = false;
  find("say").className = ended ? what : "";
  // Nothing is thrown before it is known how much may be.
  find("form").hidden = most === 0 || (ended && !["lost", "large", "busy"].includes(what));
  find("again").hidden = !find("form").hidden || !PASSES.includes(what);
  for (const one of document.querySelectorAll("button, textarea, input")) one.disabled = what === "doing" || what === "coming";
}

const later = () => new Promise((done) => setTimeout(done, PAUSE));

async function ask(path, init) {
  const answer = await fetch(new URL(`api/throws/${path}`, location.href), { ...init, cache: "no-store", credentials: "omit", headers: { Authorization: `Bearer ${given.token}` } });
  if (answer.ok) return answer;
  const why = WHY[answer.status] ?? "lost";
  if (why !== "coming") throw new Error(why);
  say("coming", true);
  await later();
  return ask(path, init);
}

async function begin() {
  if (!window.isSecureContext || !crypto.subtle) return say("unsafe", true);
  if (given === undefined) return say("over", true);
  try {
    ({ most } = await (await ask("waits")).json());
    find("say").hidden = true;
    find("form").hidden = false;
    for (const one of document.querySelectorAll("button, textarea, input")) one.disabled = false;
  } catch (error) {
    say(error.message in words ? error.message : "lost", true);
  }
}

async function send(about, content) {
  if (content.length + ROOM > most) return say("large", true);
  say("doing");
  try {
    await ask("thrown", { method: "PUT", body: await seal(given.key, about, content) });
    say("done", true);
  } catch (error) {
    say(error.message in words ? error.message : "lost", true);
  }
}

async function sendFile(input) {
  const file = input.files[0];
  if (!file) return;
  if (file.size + ROOM > most) return say("large", true);
  await send({ kind: "file", name: file.name.slice(0, 200), type: file.type.slice(0, 100) }, new Uint8Array(await file.arrayBuffer()));
  input.value = "";
}

find("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = find("text").value.trim();
  if (text !== "") void send({ kind: "text" }, new TextEncoder().encode(text));
});
for (const id of ["file", "photo"]) {
  find(`${id}-button`).addEventListener("click", () => find(id).click());
  find(id).addEventListener("change", (event) => void sendFile(event.target));
}
find("again").addEventListener("click", () => void begin());
// Another code, scanned while this page was open.
window.addEventListener("hashchange", () => location.reload());
void begin();
