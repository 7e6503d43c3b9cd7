/** Returns a view of the bits of the scores as integers. */
export const scoreBits = (scores: Float32Array): Int32Array =>
  new Int32Array(scores.buffer, scores.byteOffset, scores.length)

/** Returns an unsigned key that sorts scores descending: float32 bits are ordered except for the sign. 0 and −0 are equal. */
export const sortKey = (bits: number): number =>
  bits < 0 ? (bits === -0x80000000 ? 0x7fffffff : bits >>> 0) : ~bits & 0x7fffffff
