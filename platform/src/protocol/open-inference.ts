import Type from 'typebox'
import { operation } from './operation.js'
import { QUERY_ENDPOINT as QUERY } from './rights.js'
import { Required } from './wire.js'

// The Open Inference Protocol v2, which Triton, KServe and MLServer share. The name of a model is that of an endpoint.

const Model = { model: Required({ description: 'The name of an endpoint' }) }
const Version = {
  version: Required({ description: 'A served entity of the endpoint, or the version of its model' }),
}

const Metadata = Type.Object({
  name: Type.String(),
  versions: Type.Array(Type.String()),
  platform: Type.String(),
  inputs: Type.Array(Type.Unknown()),
  outputs: Type.Array(Type.Unknown()),
})
const Readiness = Type.Object({ name: Type.String(), ready: Type.Boolean() })
const InferenceRequest = {
  id: Type.Optional(Type.String()),
  parameters: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  inputs: Type.Optional(Type.Array(Type.Record(Type.String(), Type.Unknown()))),
  outputs: Type.Optional(Type.Array(Type.Record(Type.String(), Type.Unknown()))),
}
const InferenceResponse = Type.Object({
  model_name: Type.String(),
  model_version: Type.Optional(Type.String()),
  id: Type.Optional(Type.String()),
  outputs: Type.Array(Type.Record(Type.String(), Type.Unknown())),
})

export const InferenceServerMetadata = operation({
  id: 'inferenceServerMetadata',
  method: 'GET',
  path: '/v2',
  summary: 'Get the name, version and extensions of the inference server',
  right: 'anyone',
  input: Type.Object({}),
  output: Type.Object({
    name: Type.String(),
    version: Type.String(),
    extensions: Type.Array(Type.String()),
  }),
})

export const InferenceServerLive = operation({
  id: 'inferenceServerLive',
  method: 'GET',
  path: '/v2/health/live',
  summary: 'Check that the inference server runs',
  right: 'anyone',
  input: Type.Object({}),
  output: Type.Object({ live: Type.Boolean() }),
})

export const InferenceServerReady = operation({
  id: 'inferenceServerReady',
  method: 'GET',
  path: '/v2/health/ready',
  summary: 'Check that the inference server takes requests',
  right: 'anyone',
  input: Type.Object({}),
  output: Type.Object({ ready: Type.Boolean() }),
})

export const InferenceRepositoryIndex = operation({
  id: 'inferenceRepositoryIndex',
  method: 'POST',
  path: '/v2/repository/index',
  summary: 'List the endpoints that the caller may query, with their state',
  right: { ...QUERY, filtered: true },
  input: Type.Object({ ready: Type.Optional(Type.Boolean()) }),
  output: Type.Unknown(),
})

const modelOperations = <const Path extends string>(suffix: string, path: Path, input: typeof Model) => {
  const Input = Type.Object(input)
  return {
    metadata: operation({
      id: `inferenceModelMetadata${suffix}`,
      method: 'GET',
      path,
      summary: 'Get the inputs and outputs of the model of an endpoint',
      right: QUERY,
      scope: 'serving:{model}',
      input: Input,
      output: Metadata,
    }),
    ready: operation({
      id: `inferenceModelReady${suffix}`,
      method: 'GET',
      path: `${path}/ready`,
      summary: 'Check that an endpoint takes requests',
      right: QUERY,
      scope: 'serving:{model}',
      input: Input,
      output: Readiness,
    }),
    infer: operation({
      id: `infer${suffix}`,
      method: 'POST',
      path: `${path}/infer`,
      summary: 'Query an endpoint in the Open Inference Protocol; tensors are JSON or binary',
      right: QUERY,
      scope: 'serving:{model}',
      input: Type.Object({ ...input, ...InferenceRequest }),
      output: InferenceResponse,
    }),
  }
}

export const INFERENCE_MODEL = modelOperations('', '/v2/models/{model}', Model)
export const INFERENCE_MODEL_VERSION = modelOperations('OfVersion', '/v2/models/{model}/versions/{version}', {
  ...Model,
  ...Version,
})
