// Runs beside the page: hands over the samples of the microphone, block by block, as they come.
class Recorder extends AudioWorkletProcessor {
  process(inputs) {
    const samples = inputs[0]?.[0];
    if (samples) this.port.postMessage(samples.slice());
    return true;
  }
}

registerProcessor("labelwright-recorder", Recorder);
