import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { EDIT_EXPERIMENTS, READ_EXPERIMENTS } from '../rights.js'
import { Int64, Required, RunId } from '../wire.js'

/** PUT, GET and DELETE of `${ARTIFACTS}/{path}` are raw routes, because their bodies are streamed. */
export const ARTIFACTS = '/api/2.0/mlflow-artifacts/artifacts'

export const FileInfo = Type.Object({
  path: Type.String(),
  is_dir: Type.Boolean(),
  file_size: Type.Optional(Int64()),
})
export type FileInfo = Static<typeof FileInfo>

export const Listing = Type.Object({
  root_uri: Type.String(),
  files: Type.Optional(Type.Array(FileInfo)),
})
export type Listing = Static<typeof Listing>

export const ListArtifacts = operation({
  id: 'listArtifacts',
  method: 'GET',
  path: '/api/2.0/mlflow/artifacts/list',
  summary: "List one level of a run's artifacts; paths are relative to the run",
  right: READ_EXPERIMENTS,
  input: Type.Object({
    run_id: RunId(),
    path: Type.Optional(Type.String()),
    page_token: Type.Optional(Type.String()),
  }),
  output: Listing,
})

export const ListProxiedArtifacts = operation({
  id: 'listProxiedArtifacts',
  method: 'GET',
  path: ARTIFACTS,
  summary: 'List one level of the artifact store; paths are relative to the requested path',
  right: { ...READ_EXPERIMENTS, by: ['path as artifact_path'] },
  input: Type.Object({ path: Type.Optional(Type.String()) }),
  output: Type.Object({ files: Type.Optional(Type.Array(FileInfo)) }),
})

/** The limits of S3: a validity of a week, and the number of parts of an upload. */
const MAX_SECONDS = 604_800
const MAX_PARTS = 10_000

/** A file of a run or of a logged model. */
const OneFile = {
  run_id: Type.Optional(RunId()),
  model_id: Type.Optional(Type.String()),
  path: Required(),
  expiration: Type.Optional(Int64({ minimum: 1, maximum: MAX_SECONDS })),
}
const Headers = Type.Record(Type.String(), Type.String())

export const PresignedUploadUrl = operation({
  id: 'presignedUploadUrl',
  method: 'POST',
  path: '/api/2.0/mlflow/artifacts/presigned-upload-url',
  summary: 'Create a URL that uploads one artifact of a run or model without credentials',
  right: EDIT_EXPERIMENTS,
  input: Type.Object(OneFile),
  output: Type.Object({ presigned_url: Type.String(), headers: Type.Optional(Headers) }),
})

export const PresignedDownloadUrl = operation({
  id: 'presignedDownloadUrl',
  method: 'POST',
  path: '/api/2.0/mlflow/artifacts/presigned-download-url',
  summary: 'Create a URL that downloads one artifact of a run or model without credentials',
  right: READ_EXPERIMENTS,
  input: Type.Object(OneFile),
  output: Type.Object({ presigned_url: Type.String(), headers: Type.Optional(Headers), file_size: Int64() }),
})

/** Bodies of the raw routes `/mpu/{create,complete,abort}/{folder}`. `path` is a path on the client, used for its name only. */
export const CreateMultipartUpload = Type.Object({
  path: Required(),
  num_parts: Type.Optional(Int64({ minimum: 1, maximum: MAX_PARTS })),
})
export type CreateMultipartUpload = Static<typeof CreateMultipartUpload>
export const CompleteMultipartUpload = Type.Object({
  path: Required(),
  upload_id: Required(),
  parts: Type.Array(
    Type.Object({
      part_number: Int64({ minimum: 1, maximum: MAX_PARTS }),
      etag: Type.Optional(Type.String()),
    }),
    { minItems: 1, maxItems: MAX_PARTS },
  ),
})
export type CompleteMultipartUpload = Static<typeof CompleteMultipartUpload>
export const AbortMultipartUpload = Type.Object({ path: Required(), upload_id: Required() })
export type AbortMultipartUpload = Static<typeof AbortMultipartUpload>
