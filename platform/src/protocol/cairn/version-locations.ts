import Type from 'typebox'
import { operation } from '../operation.js'
import { READ_ALL_MODELS } from '../rights.js'
import { Int64 } from '../wire.js'

export const ListVersionLocations = operation({
  id: 'listVersionLocations',
  method: 'GET',
  path: '/api/cairn/v1/model-versions/locations',
  summary: 'List the locations of the files of versions in order of creation',
  right: READ_ALL_MODELS,
  input: Type.Object({
    /** The last known position. Clients repeat the request with the last one of a response until none follows. */
    after: Type.Optional(Int64({ minimum: 0 })),
  }),
  output: Type.Object({
    locations: Type.Array(
      Type.Object({
        name: Type.String(),
        version: Type.String(),
        location: Type.String(),
        position: Int64(),
      }),
    ),
  }),
})
