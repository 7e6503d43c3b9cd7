import type { ModelFiles } from './model-files.js'

interface Artifacts {
  readonly modelTopology?: object | ArrayBuffer
  readonly weightSpecs?: readonly object[]
  readonly weightData?: ArrayBuffer | readonly ArrayBuffer[]
  readonly format?: string
  readonly generatedBy?: string
  readonly convertedBy?: string | null
  readonly trainingConfig?: object
  readonly userDefinedMetadata?: object
}

/** The part of `tf.LayersModel` that is used. */
export interface SaveableModel {
  readonly name?: string
  save(handler: { save(artifacts: Artifacts): Promise<object> }): Promise<unknown>
}

/** Converts a TensorFlow.js model to the files that `autolog` logs: those of `tf.loadLayersModel`, and their flavor. */
export async function tensorflowModelFiles(
  model: SaveableModel,
): Promise<{ files: ModelFiles; flavors: Record<string, Record<string, unknown>> }> {
  let files: ModelFiles = {}
  let generatedBy = ''
  await model.save({
    save: async ({ weightData, weightSpecs = [], ...artifacts }) => {
      generatedBy = artifacts.generatedBy ?? ''
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }]
      files = {
        'model/model.json': JSON.stringify({ ...artifacts, weightsManifest }),
        'model/weights.bin': concat(weightData),
      }
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
    },
  })
  return { files, flavors: { tensorflowjs: { data: 'model', version: generatedBy, format: 'layers-model' } } }
}

function concat(weights: Artifacts['weightData']): Uint8Array {
  const parts = (weights === undefined ? [] : Array.isArray(weights) ? weights : [weights]) as ArrayBuffer[]
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(new Uint8Array(part), at)
    at += part.byteLength
  }
  return bytes
}
