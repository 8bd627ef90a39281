/** Bytes that are put one after another. */
export class GrowingBytes {
  bytes = new Uint8Array(256);
  length = 0;

  put(byte: number): void {
    if (this.length === this.bytes.length) this.grow(this.length + 1);
    this.bytes[this.length++] = byte;
  }

  /** Bytes `start … end` of others. */
  append(from: Uint8Array, start: number, end: number): void {
    const size = this.length + end - start;
    if (size > this.bytes.length) this.grow(size);
    const { bytes, length } = this;
    // For a few bytes, cheaper than a view.
    if (end - start < 48) for (let i = start, to = length; i < end; i++) bytes[to++] = from[i] as number;
    else bytes.set(from.subarray(start, end), length);
    this.length = size;
  }

  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  private grow(size: number): void {
    const larger = new Uint8Array(Math.max(size, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }
}

/** Words of 32 bits likewise. */
export class GrowingWords {
  words = new Uint32Array(128);
  length = 0;

  put(word: number): void {
    if (this.length === this.words.length) {
      const larger = new Uint32Array(this.words.length * 2);
      larger.set(this.words);
      this.words = larger;
    }
    this.words[this.length++] = word;
  }

  view(): Uint32Array {
    return this.words.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }
}

/** Doubles likewise. */
export class GrowingDoubles {
  private doubles = new Float64Array(128);
  private length = 0;

  put(value: number): void {
    if (this.length === this.doubles.length) {
      const larger = new Float64Array(this.doubles.length * 2);
      larger.set(this.doubles);
      this.doubles = larger;
    }
    this.doubles[this.length++] = value;
  }

  view(): Float64Array {
    return this.doubles.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }
}
