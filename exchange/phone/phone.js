"use strict";
/* The phone's page. Query: identity, numbers (number:name, with commas between), to, language, connect (an application's
   URL, with param.NAME=value for its parameters), answer=1 (answers by itself), raw=1 (no echo cancelling).
   A page that embeds or opened this one may post {phone: "connect", app_url, params}, {phone: "dial", to},
   {phone: "answer" | "refuse" | "hang_up" | "hello"}, {phone: "press", key}; it is told {phone: "registered" | "ringing" |
   "calling" | "answered" | "over", ...}. Only pages of this machine are heard. */
(() => {
  const query = new URLSearchParams(location.search);
  const $ = (id) => document.getElementById(id);
  const LOCAL = /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;
  const remembered = (key) => { try { return localStorage.getItem(key) || ""; } catch { return ""; } };
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private windows keep nothing */ } };

  let language = query.get("language") || remembered("phone.language") || (navigator.language.startsWith("ko") ? "ko" : "en");
  let state = "offline";
  let socket = null;
  let registered = "";
  let afterwards = null;
  let told = "";
  const sound = new Sound(query.get("raw") === "1", (frame) => { if (state === "talking" || state === "calling") transmit(frame); });
  const word = (key) => WORDS[language][key] || key;

  // ---- the line ----
  const transmit = (data) => { if (socket && socket.readyState === WebSocket.OPEN) socket.send(data); };
  const send = (message) => transmit(JSON.stringify(message));
  const identity = () => $("identity").value.trim().replace(/\s+—.*$/, "");
  const register = () => { if (identity()) send({ do: "register", identity: identity(), language }); };

  function open() {
    socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/phone/line`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => { notice(""); enter("ready"); register(); };
    socket.onmessage = (event) => {
      if (typeof event.data !== "string") sound.play(event.data);
      else news(JSON.parse(event.data));
    };
    socket.onclose = () => { registered = ""; enter("offline"); if (told !== "replaced") { notice("lost"); setTimeout(open, 1500); } };
  }

  const NEWS = {
    registered: (said) => {
      registered = said.identity;
      remember("phone.identity", registered);
      if (afterwards) { const step = afterwards; afterwards = null; step(); }
    },
    ringing: (said) => { incoming(said); enter("ringing"); if (query.get("answer") === "1") answer(); },
    calling: () => { $("log").replaceChildren(); enter("calling"); },
    answered: () => enter("talking"),
    over: () => { incoming(null); sound.stop(); enter("ready"); },
    log: (said) => write(said.kind, said.text),
    wrong: (said) => { notice(said.text); },
    replaced: () => { told = "replaced"; notice("replaced"); socket.close(); },
  };
  function news(said) {
    NEWS[said.event]?.(said);
    if (said.event !== "log") tell({ ...said, phone: said.event });
  }

  // ---- what the person does ----
  async function withSound(step) {
    await sound.open();
    notice(!sound.running ? "gesture" : sound.microphone ? "" : "silent");
    step();
  }
  const once = (step) => { if (registered && registered === identity()) step(); else { afterwards = step; register(); } };
  const dial = (to) => withSound(() => once(() => send({ do: "dial", to })));
  const connect = (app_url, params) => withSound(() => once(() => send({ do: "connect", app_url, params })));
  const answer = () => withSound(() => send({ do: "answer" }));
  const hangUp = () => send({ do: state === "ringing" ? "refuse" : "hang_up" });
  const press = (key) => { if (state === "talking") send({ do: "press", key }); else if (state === "ready") $("to").value += key; };

  function mainButton() {
    if (state === "ringing") return answer();
    if (!identity()) return notice("who");
    const to = $("to").value.trim().replace(/\s+—.*$/, "");
    return to ? dial(to) : notice("whom");
  }

  // ---- other pages ----
  const others = () => [window.opener, window.parent].filter((page) => page && page !== window);
  let home = (() => { try { return new URL(document.referrer).origin; } catch { return ""; } })();
  function tell(message) { if (LOCAL.test(home)) for (const page of others()) page.postMessage(message, home); }
  const ORDERS = {
    connect: (order) => connect(String(order.app_url), order.params || {}),
    dial: (order) => dial(String(order.to)),
    press: (order) => press(String(order.key)),
    answer, refuse: hangUp, hang_up: hangUp,
  };
  window.addEventListener("message", (event) => {
    if (!LOCAL.test(event.origin) || !others().includes(event.source) || !event.data?.phone) return;
    home = event.origin;
    if (event.data.phone === "hello") tell({ phone: "registered", identity: registered });
    else ORDERS[event.data.phone]?.(event.data);
  });

  // ---- the screen ----
  function enter(next) {
    state = next;
    document.body.dataset.state = next;
    $("state").textContent = word(next);
    $("call").textContent = word(next === "ringing" ? "answer" : "call");
    $("call").disabled = next === "offline" || next === "calling" || next === "talking";
    $("end").textContent = word(next === "ringing" ? "refuse" : "hangup");
    $("end").disabled = next === "offline" || next === "ready";
    $("identity").disabled = query.has("identity") || (next !== "ready" && next !== "offline");
    $("to").disabled = next !== "ready";
  }
  function incoming(call) {
    $("incoming").hidden = call === null;
    if (!call) return;
    $("incoming-from").textContent = call.from;
    $("incoming-about").replaceChildren(...Object.entries(call.params).flatMap(([name, value]) => {
      const [term, about] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name;
      about.textContent = value;
      return [term, about];
    }));
  }
  function write(kind, text) {
    const line = document.createElement("li");
    line.className = kind;
    line.dataset.label = word(kind);
    line.textContent = ["said", "pressed", "typed", "fault"].includes(kind) ? text : word(kind);
    $("log").append(line);
    line.scrollIntoView({ block: "nearest" });
  }
  function notice(key) {
    $("notice").hidden = !key;
    $("notice").textContent = key ? word(key) : "";
    $("notice").dataset.key = key;
  }
  function speak(chosen) {
    language = chosen;
    remember("phone.language", chosen);
    document.documentElement.lang = chosen;
    for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
    for (const element of document.querySelectorAll("[data-placeholder]")) element.placeholder = word(element.dataset.placeholder);
    for (const button of document.querySelectorAll("[data-language]")) button.setAttribute("aria-pressed", String(button.dataset.language === chosen));
    $("log").dataset.empty = word("empty");
    $("whoami").textContent = query.has("identity") ? $("identity").value.replace(/^client:/, "") : word("phone");
    document.title = $("whoami").textContent;
    enter(state);
    notice($("notice").dataset.key || "");
    $("mute").textContent = word(sound.muted ? "unmute" : "mute");
    register();
  }
  function offer(list, entries) {
    $(list).replaceChildren(...entries.filter(([number]) => number).map(([number, name]) => {
      const option = document.createElement("option");
      option.value = number;
      option.label = name ? `${name} · ${number}` : number;
      return option;
    }));
  }

  $("call").addEventListener("click", mainButton);
  $("end").addEventListener("click", hangUp);
  $("mute").addEventListener("click", () => {
    sound.muted = !sound.muted;
    $("mute").setAttribute("aria-pressed", String(sound.muted));
    $("mute").textContent = word(sound.muted ? "unmute" : "mute");
  });
  $("identity").addEventListener("change", register);
  $("say-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("say").value.trim();
    if (!text || state !== "talking") return;
    send({ do: "say", text });
    write("typed", text);
    $("say").value = "";
  });
  for (const button of document.querySelectorAll("[data-key]")) button.addEventListener("click", () => press(button.dataset.key));
  for (const button of document.querySelectorAll("[data-language]")) button.addEventListener("click", () => speak(button.dataset.language));
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches("input") && /^[0-9*#]$/.test(event.key)) press(event.key);
  });
  document.addEventListener("click", () => { if (sound.context && !sound.running) sound.open().then(() => notice(sound.microphone ? "" : "silent")); });

  const beat = (now) => {
    const ringing = state === "ringing" ? now % 2000 < 900 : state === "calling" && now % 3000 < 1000;
    sound.ring(ringing && sound.running);
    $("meter-in").style.width = `${100 * (state === "talking" ? sound.level(sound.spoken) : 0)}%`;
    $("meter-out").style.width = `${100 * (state === "talking" ? sound.level(sound.heard) : 0)}%`;
  };
  setInterval(() => beat(performance.now()), 80);

  // ---- the beginning ----
  // A plus sign in a query reads as a blank.
  const plus = (text) => text.trim().replace(/^(?=\d{7,}$)/, "+");
  $("identity").value = plus(query.get("identity") || "") || remembered("phone.identity");
  $("identity-field").hidden = query.has("identity");
  $("to").value = plus(query.get("to") || "");
  offer("identities", (query.get("numbers") || "").split(",").map((entry) => {
    const at = entry.indexOf(":", entry.startsWith("client:") ? "client:".length : 0);
    return at < 0 ? [plus(entry), ""] : [plus(entry.slice(0, at)), entry.slice(at + 1)];
  }));
  fetch("/exchange/numbers").then((reply) => reply.json()).then((found) => {
    offer("numbers", found.map((one) => [one.number, one.name]));
    if (!$("to").value && found.length) $("to").value = found[0].number;
  });
  speak(language);
  if (query.has("connect")) {
    const params = Object.fromEntries([...query].filter(([name]) => name.startsWith("param.")).map(([name, value]) => [name.slice(6), value]));
    afterwards = () => connect(query.get("connect"), params);
  }
  open();
  window.phone = { dial, connect, answer, hangUp, press, state: () => state, loudest: () => sound.loudest() };
})();
