// Heights of many things below each other, some known and some guessed: where each begins, and which lies at a height,
// in logarithmic time (a Fenwick tree). Pixels.

export class Heights {
  private readonly tree: Float64Array;
  private readonly each: Float64Array;

  constructor(guesses: ArrayLike<number>) {
    this.each = Float64Array.from(guesses);
    this.tree = new Float64Array(this.each.length + 1);
    this.each.forEach((height, index) => {
      this.add(index, height);
    });
  }

  get count(): number {
    return this.each.length;
  }

  private add(index: number, difference: number): void {
    for (let at = index + 1; at < this.tree.length; at += at & -at) {
      this.tree[at] = (this.tree[at] ?? 0) + difference;
    }
  }

  set(index: number, height: number): void {
    const difference = height - (this.each[index] ?? 0);
    if (difference === 0 || index < 0 || index >= this.each.length) return;
    this.each[index] = height;
    this.add(index, difference);
  }

  of(index: number): number {
    return this.each[index] ?? 0;
  }

  /** Where a thing begins; of the count itself, where all end. */
  before(index: number): number {
    let sum = 0;
    for (let at = Math.min(index, this.each.length); at > 0; at -= at & -at) sum += this.tree[at] ?? 0;
    return sum;
  }

  /** The thing at a height; the first above all, the last below all. */
  at(height: number): number {
    let [index, left] = [0, height];
    for (let step = 2 ** Math.floor(Math.log2(Math.max(1, this.each.length))); step >= 1; step /= 2) {
      const next = index + step;
      const sum = this.tree[next];
      if (sum === undefined || next >= this.tree.length || sum > left) continue;
      index = next;
      left -= sum;
    }
    return Math.max(0, Math.min(this.each.length - 1, index));
  }
}
