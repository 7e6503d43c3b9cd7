import type { Flavor } from '../flavor.js'

/** Imports on demand: ONNX Runtime is large. */
export const onnx: Flavor = {
  load: async (folder, { mlmodel }) => (await import('./model.js')).readOnnx(folder, mlmodel),
}
