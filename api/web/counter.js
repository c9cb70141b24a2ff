// What the counter has where scripts run: a sound, a button that prints, and the camera as a scanner. Nothing needs any of it.
(function () {
  "use strict";
  var at = document.getElementById("counter");
  if (!at) { return; }

  // One sound for good and one for bad: who looks at the goods hears what became of the scan.
  function beep(good) {
    var Context = window.AudioContext || window.webkitAudioContext;
    if (!Context) { return; }
    var sound = new Context(), tone = sound.createOscillator(), loud = sound.createGain();
    tone.type = good ? "sine" : "square";
    tone.frequency.value = good ? 1320 : 220;
    loud.gain.value = 0.2;
    tone.connect(loud);
    loud.connect(sound.destination);
    tone.start();
    tone.stop(sound.currentTime + (good ? 0.12 : 0.45));
    at.dataset.played = good ? "good" : "bad";
  }
  if (at.dataset.beep) { beep(at.dataset.beep === "good"); }

  function button(text, press) {
    var b = document.createElement("button");
    b.type = "button";
    b.className = "quiet";
    b.textContent = text;
    b.addEventListener("click", press);
    return b;
  }
  var receipt = document.querySelector(".receipt .actions");
  if (receipt) { receipt.append(button(at.dataset.print, function () { window.print(); })); }

  // What was scanned in vain stays to be read and corrected; the next scan takes its place.
  var box = document.getElementById("scan");
  if (box && box.value) { box.select(); }

  // A browser gives the camera to a page that nobody on the way could have changed, and to no other.
  if (!box || !window.isSecureContext || !("BarcodeDetector" in window) || !navigator.mediaDevices) { return; }
  var camera = button(at.dataset.camera, function () {
    camera.disabled = true;
    navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }).then(watch, function () { camera.disabled = false; });
  });
  camera.id = "camera";
  box.after(camera);

  function watch(stream) {
    var film = document.createElement("video"), reader = new window.BarcodeDetector();
    film.muted = film.playsInline = true;
    film.srcObject = stream;
    camera.after(film);
    film.play();
    (function look() {
      reader.detect(film).then(function (codes) {
        if (!codes.length) { return window.setTimeout(look, 100); }
        stream.getTracks().forEach(function (track) { track.stop(); });
        box.value = codes[0].rawValue;
        box.form.requestSubmit();
      }, function () { window.setTimeout(look, 300); });
    }());
  }
}());
