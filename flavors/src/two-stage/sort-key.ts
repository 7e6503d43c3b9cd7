/** The bits of scores as integers; a view. */
export const scoreBits = (scores: Float32Array): Int32Array =>
  new Int32Array(scores.buffer, scores.byteOffset, scores.length)

/** Ascends where scores fall, as an unsigned integer: the bits of a float32 are in order but for the sign. 0 and −0 are equal. */
export const sortKey = (bits: number): number =>
  bits < 0 ? (bits === -0x80000000 ? 0x7fffffff : bits >>> 0) : ~bits & 0x7fffffff
