"use strict";
// Microphone and speaker. `onframe` gets 20 ms of 16-bit samples at 8 kHz; `play` takes the same.
class Sound {
  constructor(raw, onframe) {
    this.raw = raw;
    this.onframe = onframe;
    this.muted = false;
    this.context = null;
    this.microphone = false;
  }

  get running() { return this.context !== null && this.context.state === "running"; }

  // Builds everything once; needs a gesture of the person where the browser asks for one.
  async open() {
    if (this.context === null) this.opening = this.opening || this.build();
    await this.opening;
    if (this.context.state === "suspended") await Promise.race([this.context.resume(), new Promise((r) => setTimeout(r, 300))]);
    return this.running;
  }

  async build() {
    const context = new AudioContext({ latencyHint: "interactive" });
    await context.audioWorklet.addModule("/phone/worklet.js");
    this.context = context;
    this.player = new AudioWorkletNode(context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
    this.heard = this.analyser();
    this.player.connect(this.telephone()).connect(this.heard).connect(context.destination);
    this.bell = context.createGain();
    this.bell.gain.value = 0;
    this.bell.connect(context.destination);
    for (const hz of [440, 480]) {
      const tone = context.createOscillator();
      tone.frequency.value = hz;
      tone.connect(this.bell);
      tone.start();
    }
    await this.listen();
  }

  async listen() {
    const wanted = { echoCancellation: !this.raw, noiseSuppression: !this.raw, autoGainControl: !this.raw, channelCount: 1 };
    this.spoken = this.analyser();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: wanted });
      const capture = new AudioWorkletNode(this.context, "capture", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
      capture.port.onmessage = (event) => this.onframe(this.muted ? new ArrayBuffer(event.data.byteLength) : event.data);
      this.context.createMediaStreamSource(stream).connect(this.telephone()).connect(this.spoken).connect(capture);
      this.microphone = true;
    } catch (refused) {
      this.microphone = false;
    }
  }

  analyser() {
    const analyser = this.context.createAnalyser();
    analyser.fftSize = 8192;
    return analyser;
  }

  // A telephone line carries nothing above 3.4 kHz; without this it would fold back at 8 kHz.
  telephone() {
    const filter = this.context.createBiquadFilter();
    filter.type = "lowpass";
    filter.frequency.value = 3400;
    return filter;
  }

  play(frame) { if (this.player) this.player.port.postMessage(frame, [frame]); }
  stop() { if (this.player) this.player.port.postMessage(null); }
  ring(loud) { if (this.bell) this.bell.gain.setTargetAtTime(loud ? 0.06 : 0, this.context.currentTime, 0.02); }

  level(analyser) {
    if (!analyser) return 0;
    const wave = new Float32Array(1024);
    analyser.getFloatTimeDomainData(wave);
    const power = wave.reduce((sum, value) => sum + value * value, 0) / wave.length;
    return Math.max(0, Math.min(1, 1 + Math.log10(power + 1e-10) / 5));
  }

  // The loudest frequency on the speaker in Hz, for whoever measures the line.
  loudest() {
    if (!this.heard) return null;
    const bins = new Float32Array(this.heard.frequencyBinCount);
    this.heard.getFloatFrequencyData(bins);
    const top = bins.indexOf(Math.max(...bins));
    return { hz: top * this.context.sampleRate / this.heard.fftSize, db: bins[top] };
  }
}
