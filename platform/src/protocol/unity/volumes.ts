import Type, { type Static } from 'typebox'
import { operation } from '../operation.js'
import { Empty, OneOf } from '../wire.js'
import { Authorship, Comment, FullName, Manageable, Name, NextPage, PageFields, UNITY } from './catalogs.js'

const VolumeType = OneOf(['MANAGED', 'EXTERNAL'])

export const VolumeInfo = Type.Object({
  volume_id: Type.String(),
  name: Type.String(),
  catalog_name: Type.String(),
  schema_name: Type.String(),
  full_name: Type.String(),
  volume_type: VolumeType,
  storage_location: Type.String(),
  comment: Type.Optional(Type.String()),
  ...Authorship,
  metastore_id: Type.String(),
})
export type VolumeInfo = Static<typeof VolumeInfo>

export const CreateVolume = operation({
  id: 'createVolume',
  method: 'POST',
  path: `${UNITY}/volumes`,
  summary:
    'Create a volume; its creator becomes the owner. EXTERNAL volumes also require MANAGE on the metastore',
  right: { privilege: 'CREATE VOLUME', on: 'schema' },
  input: Type.Object({
    name: Name(),
    catalog_name: Name(),
    schema_name: Name(),
    volume_type: VolumeType,
    storage_location: Type.Optional(Type.String({ maxLength: 2048 })),
    comment: Type.Optional(Comment()),
  }),
  output: VolumeInfo,
})

export const ListVolumes = operation({
  id: 'listVolumes',
  method: 'GET',
  path: `${UNITY}/volumes`,
  summary: 'List the volumes of a schema that the caller may see, by name',
  right: 'authenticated',
  input: Type.Object({ catalog_name: Name(), schema_name: Name(), ...PageFields }),
  output: Type.Object({ volumes: Type.Array(VolumeInfo), ...NextPage }),
})

export const GetVolume = operation({
  id: 'getVolume',
  method: 'GET',
  path: `${UNITY}/volumes/{name}`,
  summary: 'Get a volume',
  right: { privilege: 'BROWSE', on: 'volume' },
  input: Type.Object({ name: FullName() }),
  output: VolumeInfo,
})

export const UpdateVolume = operation({
  id: 'updateVolume',
  method: 'PATCH',
  path: `${UNITY}/volumes/{name}`,
  summary: 'Update the name, owner or comment of a volume',
  right: { privilege: 'MANAGE', on: 'volume' },
  input: Type.Object({
    name: FullName(),
    ...Manageable,
  }),
  output: VolumeInfo,
})

export const DeleteVolume = operation({
  id: 'deleteVolume',
  method: 'DELETE',
  path: `${UNITY}/volumes/{name}`,
  summary: 'Delete a volume, and the data of a managed volume',
  right: { privilege: 'MANAGE', on: 'volume' },
  input: Type.Object({ name: FullName() }),
  output: Empty,
})
