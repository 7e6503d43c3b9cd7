import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ImportedModel, ImportedVersion } from '@cairn/platform/protocol/cairn/imports'
import { listFolders, numberField, optionalField, readMeta, readPairs, textField } from './store-files.js'

const VERSION = /^version-(\d+)$/

/** Reads the registry from the folder `models`. Includes deleted versions, so that their numbers stay reserved. */
export function* readModels(root: string): Generator<ImportedModel> {
  for (const folder of listFolders(root).map((name) => join(root, name))) {
    if (!existsSync(join(folder, 'meta.yaml'))) continue
    const meta = readMeta(folder)!
    const name = textField(meta, 'name')
    if (!name) continue
    const versions = listFolders(folder)
      .flatMap((child) => readVersion(join(folder, child), VERSION.exec(child)?.[1]))
      .sort((a, b) => a.version - b.version)
    yield {
      name,
      creation_timestamp: numberField(meta, 'creation_timestamp') ?? 0,
      last_updated_timestamp: numberField(meta, 'last_updated_timestamp') ?? 0,
      ...optionalField('description', textField(meta, 'description')),
      tags: readPairs(join(folder, 'tags')),
      versions,
      aliases: readPairs(join(folder, 'aliases')).map(({ key, value }) => ({
        alias: key,
        version: Number(value),
      })),
    }
  }
}

function readVersion(folder: string, version: string | undefined): ImportedVersion[] {
  const meta = version && readMeta(folder)
  if (!meta) return []
  return [
    {
      version: Number(version),
      creation_timestamp: numberField(meta, 'creation_timestamp') ?? 0,
      last_updated_timestamp: numberField(meta, 'last_updated_timestamp') ?? 0,
      current_stage: textField(meta, 'current_stage') ?? 'None',
      description: textField(meta, 'description') ?? '',
      source: textField(meta, 'source') ?? '',
      run_id: textField(meta, 'run_id') ?? '',
      run_link: textField(meta, 'run_link') ?? '',
      ...optionalField('user_id', textField(meta, 'user_id')),
      ...optionalField('model_id', textField(meta, 'model_id')),
      tags: readPairs(join(folder, 'tags')),
    },
  ]
}
