// The microphone as a WAV file: one channel, samples as they come from a worklet. Every server that takes recordings can
// decode it, which what browsers record by themselves cannot be said of.
import { wavFile } from "../../core/wav";

/** Enough for speech; what the device has where it cannot be had. */
const RATE = 24_000;
export const SECONDS_MAXIMUM = 600;

export class Recorder {
  private readonly blocks: Float32Array[] = [];
  private count = 0;
  /** The tenth of a second that was told last. */
  private told = 0;
  private readonly context: AudioContext;
  private readonly stream: MediaStream;
  /** Called with the seconds so far. */
  onTime: ((seconds: number) => void) | undefined;

  private constructor(context: AudioContext, stream: MediaStream) {
    this.context = context;
    this.stream = stream;
  }

  static async start(): Promise<Recorder> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    try {
      const { context, source } = connected(stream);
      await context.audioWorklet.addModule("/recorder.js");
      const recorder = new Recorder(context, stream);
      const node = new AudioWorkletNode(context, "labelwright-recorder", { numberOfOutputs: 0 });
      node.port.onmessage = (event: MessageEvent<Float32Array>) => recorder.take(event.data);
      source.connect(node);
      return recorder;
    } catch (error) {
      for (const track of stream.getTracks()) track.stop();
      throw error;
    }
  }

  private take(block: Float32Array): void {
    const seconds = this.count / this.context.sampleRate;
    if (seconds >= SECONDS_MAXIMUM) return;
    this.blocks.push(block);
    this.count += block.length;
    // A block is a few thousandths of a second.
    if (Math.floor(seconds * 10) > this.told) {
      this.told = Math.floor(seconds * 10);
      this.onTime?.(seconds);
    }
  }

  stop(): Blob {
    // What is still on its way is heard no more.
    this.onTime = undefined;
    for (const track of this.stream.getTracks()) track.stop();
    const rate = this.context.sampleRate;
    void this.context.close();
    return wavFile(this.blocks, rate);
  }
}

/** Some browsers connect a microphone only at its own rate. */
function connected(stream: MediaStream): { context: AudioContext; source: MediaStreamAudioSourceNode } {
  const wanted = new AudioContext({ sampleRate: RATE });
  try {
    return { context: wanted, source: wanted.createMediaStreamSource(stream) };
  } catch {
    void wanted.close();
    const context = new AudioContext();
    return { context, source: context.createMediaStreamSource(stream) };
  }
}

/** Plays a recording once. */
export async function play(recording: Blob): Promise<void> {
  const context = new AudioContext();
  const source = context.createBufferSource();
  source.buffer = await context.decodeAudioData(await recording.arrayBuffer());
  source.connect(context.destination);
  source.onended = () => void context.close();
  source.start();
}
