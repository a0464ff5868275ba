"use strict";
// Between the sound card's rate and the line's 8 kHz, in frames of 20 ms.
const LINE_RATE = 8000;
const FRAME = 160;
const READY = 0.08 * LINE_RATE;    // how much is gathered before playing begins
const TOO_MUCH = 0.5 * LINE_RATE;  // beyond this the oldest is dropped, so that delay does not grow

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.frame = new Int16Array(FRAME);
    this.filled = 0;
    this.phase = 0;
    this.sum = 0;
    this.count = 0;
  }

  process(inputs) {
    const channel = inputs[0][0];
    if (!channel) return true;
    for (const sample of channel) {
      this.sum += sample;
      this.count += 1;
      this.phase += LINE_RATE;
      if (this.phase >= sampleRate) {
        this.phase -= sampleRate;
        const mean = Math.max(-1, Math.min(1, this.sum / this.count));
        this.frame[this.filled++] = Math.round(mean * 32767);
        this.sum = this.count = 0;
        if (this.filled === FRAME) {
          this.port.postMessage(this.frame.buffer, [this.frame.buffer]);
          this.frame = new Int16Array(FRAME);
          this.filled = 0;
        }
      }
    }
    return true;
  }
}

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.waiting = [];
    this.place = 0;     // in the first waiting frame, in samples of the line
    this.playing = false;
    this.port.onmessage = (event) => {
      if (event.data === null) { this.waiting = []; this.playing = false; return; }
      this.waiting.push(new Int16Array(event.data));
      while (this.buffered() > TOO_MUCH) this.waiting.shift();
    };
  }

  buffered() { return this.waiting.reduce((sum, frame) => sum + frame.length, 0); }

  at(place) {
    for (const frame of this.waiting) {
      if (place < frame.length) return frame[place];
      place -= frame.length;
    }
    return undefined;
  }

  process(inputs, outputs) {
    const out = outputs[0][0];
    if (!this.playing && this.buffered() >= READY) this.playing = true;
    for (let n = 0; n < out.length && this.playing; n++) {
      const whole = Math.floor(this.place);
      const next = this.at(whole + 1);
      if (next === undefined) { this.playing = false; break; }
      const part = this.place - whole;
      out[n] = (this.at(whole) * (1 - part) + next * part) / 32768;
      this.place += LINE_RATE / sampleRate;
      while (this.waiting.length && this.place >= this.waiting[0].length) {
        this.place -= this.waiting.shift().length;
      }
    }
    return true;
  }
}

registerProcessor("capture", Capture);
registerProcessor("playback", Playback);
