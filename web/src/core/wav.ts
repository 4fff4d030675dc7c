// Samples as a WAV file: one channel of 16 bits (RIFF, WAVE_FORMAT_PCM). Every decoder knows it.

const HEAD_BYTES = 44;

/** Blocks of samples from -1 to 1. */
export function wavFile(blocks: readonly Float32Array[], rate: number): Blob {
  const count = blocks.reduce((sum, block) => sum + block.length, 0);
  const buffer = new ArrayBuffer(HEAD_BYTES + count * 2);
  const view = new DataView(buffer);
  const word = (at: number, text: string) => {
    for (let index = 0; index < text.length; index += 1) view.setUint8(at + index, text.charCodeAt(index));
  };
  word(0, "RIFF");
  view.setUint32(4, 36 + count * 2, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, count * 2, true);
  let at = HEAD_BYTES;
  for (const block of blocks) {
    for (const sample of block) {
      const clipped = Math.max(-1, Math.min(1, sample));
      view.setInt16(at, Math.round(clipped * 32_767), true);
      at += 2;
    }
  }
  return new Blob([buffer], { type: "audio/wav" });
}
