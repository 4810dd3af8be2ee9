// @ts-check
// Microphones and loudspeakers of the browser.

/** What can be wrong with a microphone, in the words of types.js PhoneState. */
export class MicrophoneError extends Error {
  /** @param {"mic-refused"|"mic-missing"|"mic-busy"|"mic-insecure"} kind */
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

/**
 * Opens the microphone. A chosen one that is gone is replaced by the system's choice; swapped says so.
 * @param {string} id device id, "" for the system's choice
 * @returns {Promise<{stream: MediaStream, swapped: boolean}>}
 * @throws {MicrophoneError}
 */
export async function openMicrophone(id) {
  if (!navigator.mediaDevices?.getUserMedia) throw new MicrophoneError("mic-insecure");
  /** @param {string} device */
  const open = (device) => navigator.mediaDevices.getUserMedia({
    audio: { ...(device ? { deviceId: { exact: device } } : {}), echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    video: false,
  });
  try {
    return { stream: await open(id), swapped: false };
  } catch (e) {
    if (id && (named(e) === "OverconstrainedError" || named(e) === "NotFoundError")) {
      try {
        return { stream: await open(""), swapped: true };
      } catch (again) {
        throw explained(again);
      }
    }
    throw explained(e);
  }
}

/** @param {unknown} e */
function named(e) {
  return e instanceof Error || e instanceof DOMException ? e.name : "";
}

/** @param {unknown} e */
function explained(e) {
  switch (named(e)) {
    case "NotAllowedError": case "SecurityError": return new MicrophoneError("mic-refused");
    case "NotFoundError": case "OverconstrainedError": return new MicrophoneError("mic-missing");
    default: return new MicrophoneError("mic-busy");
  }
}

/** Ends a stream: the browser's microphone light goes out. @param {MediaStream|null|undefined} stream */
export function close(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/**
 * A stream that is silent but flows: the switch takes a phone that sends nothing for dead.
 * @returns {{stream: MediaStream, close: () => void}}
 */
export function silence() {
  const context = new AudioContext();
  const out = context.createMediaStreamDestination(), nothing = new ConstantSourceNode(context, { offset: 0 });
  nothing.connect(out); // without a source there are no samples, not even silent ones
  nothing.start();
  context.resume().catch(() => undefined);
  return { stream: out.stream, close: () => void context.close().catch(() => undefined) };
}

/**
 * The devices by kind. Names are empty until the microphone was allowed once.
 * @returns {Promise<{microphones: MediaDeviceInfo[], speakers: MediaDeviceInfo[]}>}
 */
export async function devices() {
  const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  return { microphones: all.filter((d) => d.kind === "audioinput"), speakers: all.filter((d) => d.kind === "audiooutput") };
}

/** Whether the browser lets a page choose the loudspeaker. */
export function canChooseSpeaker() {
  return "setSinkId" in HTMLMediaElement.prototype;
}

/**
 * Sends an element's sound to a loudspeaker; a device that is gone leaves the system's choice.
 * @param {HTMLMediaElement} element
 * @param {string} id
 * @returns {Promise<boolean>} whether it is the one that was wanted
 */
export async function speakThrough(element, id) {
  if (!canChooseSpeaker()) return true;
  try {
    await element.setSinkId(id);
    return true;
  } catch {
    if (id) await element.setSinkId("").catch(() => undefined);
    return !id;
  }
}

/**
 * Measures the loudness of a stream, 0 … 1, until the returned function is called.
 * @param {MediaStream} stream
 * @param {(level: number) => void} onLevel about 15 times a second
 * @returns {() => void}
 */
export function measure(stream, onLevel) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  const source = context.createMediaStreamSource(stream);
  source.connect(analyser);
  const wave = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(wave);
    let sum = 0;
    for (const v of wave) sum += v * v;
    // Speech lies around −30 dB: the root of the RMS value makes it fill about half of the meter.
    onLevel(Math.min(1, Math.sqrt(Math.sqrt(sum / wave.length)) * 1.4));
  }, 66);
  return () => {
    clearInterval(timer);
    source.disconnect();
    context.close().catch(() => undefined);
  };
}
