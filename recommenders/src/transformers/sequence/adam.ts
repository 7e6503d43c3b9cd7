/** Settings of Adam (Kingma & Ba 2015, arXiv 1412.6980). */
export interface AdamSettings {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}

export interface AdamState {
  readonly parameters: Float32Array
  /** Running means of the gradients and of their squares. */
  readonly means: Float32Array
  readonly squares: Float32Array
}

/** One step on the entries [from, to) by the sum of `gradients`, added in order. `step` starts at 1. */
export function adamStep(
  { parameters, means, squares }: AdamState,
  gradients: readonly Float32Array[],
  [from, to]: readonly [number, number],
  { beta1, beta2, epsilon, rate, step }: AdamSettings & { rate: number; step: number },
): void {
  const unbias = Math.sqrt(1 - beta2 ** step)
  const stride = (rate * unbias) / (1 - beta1 ** step)
  const floor = epsilon * unbias
  const first = gradients[0]!
  for (let part = 1; part < gradients.length; part++) {
    const other = gradients[part]!
    for (let at = from; at < to; at++) first[at]! += other[at]!
  }
  for (let at = from; at < to; at++) {
    const gradient = first[at]!
    const mean = beta1 * means[at]! + (1 - beta1) * gradient
    const square = beta2 * squares[at]! + (1 - beta2) * gradient * gradient
    means[at] = mean
    squares[at] = square
    parameters[at]! -= (stride * mean) / (Math.sqrt(square) + floor)
  }
}
