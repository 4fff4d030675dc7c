// The points of a map as the server sends them, read into typed arrays without a copy. Little end first, as on every
// machine that browsers run on: how many (u32), how many clusters (u32), then one array behind the other.

export interface Points {
  count: number;
  clusters: number;
  /** Task ids, ascending. */
  tasks: Float64Array;
  /** -1 to 1, both axes with one scale; y grows upwards. */
  x: Float32Array;
  y: Float32Array;
  /** Mean distance to the nearest items, in the space of the features. */
  distance: Float32Array;
  /** -1 for none. */
  cluster: Int16Array;
}

const HEAD_BYTES = 8;
const POINT_BYTES = 8 + 4 + 4 + 4 + 2;

export function readPoints(bytes: ArrayBuffer): Points {
  const head = new DataView(bytes);
  const count = bytes.byteLength >= HEAD_BYTES ? head.getUint32(0, true) : 0;
  if (bytes.byteLength !== HEAD_BYTES + count * POINT_BYTES)
    throw new Error("the map cannot be read: load the page again");
  const at = (bytesBefore: number) => HEAD_BYTES + count * bytesBefore;
  return {
    count,
    clusters: head.getUint32(4, true),
    tasks: new Float64Array(bytes, at(0), count),
    x: new Float32Array(bytes, at(8), count),
    y: new Float32Array(bytes, at(12), count),
    distance: new Float32Array(bytes, at(16), count),
    cluster: new Int16Array(bytes, at(20), count),
  };
}
