/** Number of items that the kernel's `score` reads at a time. */
const PANEL = 8

/** `items`, rounded up to whole panels. */
export const wholePanels = (items: number) => Math.ceil(items / PANEL) * PANEL

/** Copies row-major factors into panels of 8 items: the first coordinate of all eight, then the second, and so on. */
export function fillPanels(factors: Float32Array, dimensions: number, panels: Float32Array): void {
  for (let item = 0; item * dimensions < factors.length; item++) {
    const [first, lane] = [(item - (item % PANEL)) * dimensions, item % PANEL]
    for (let k = 0; k < dimensions; k++) panels[first + k * PANEL + lane] = factors[item * dimensions + k]!
  }
}
