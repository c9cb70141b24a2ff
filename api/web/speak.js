// Reads the page aloud. It adds its own button, so that a browser without speech, or without script, shows none.
(function () {
  "use strict";
  const words = document.currentScript.dataset;
  const speech = window.speechSynthesis;
  if (!speech || !window.SpeechSynthesisUtterance) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet aloud";
  button.textContent = words.read;
  let reading = false;
  function say(on) {
    reading = on;
    button.textContent = on ? words.stop : words.read;
    button.setAttribute("aria-pressed", String(on));
  }
  function stop() {
    speech.cancel();
    say(false);
  }
  // What people read, in its order; forms are left to those who fill them in.
  function texts() {
    return Array.from(document.querySelectorAll("main h1, main h2, main p, main li > strong, main li > a"))
      .filter((e) => !e.closest("form") && !e.querySelector("button"))
      .map((e) => e.textContent.trim())
      .filter(Boolean);
  }
  button.addEventListener("click", function () {
    if (reading) return stop();
    say(true);
    const list = texts();
    list.forEach(function (text, i) {
      const u = new SpeechSynthesisUtterance(text);
      u.lang = document.documentElement.lang;
      u.rate = 0.85;
      u.onerror = stop;
      if (i === list.length - 1) u.onend = stop;
      speech.speak(u);
    });
  });
  window.addEventListener("pagehide", stop);
  const head = document.querySelector("main h1");
  say(false);
  head.after(button);
})();
