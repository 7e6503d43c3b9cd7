import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { ApiError } from '@cairn/platform/errors'
import { BUNDLE_FILE } from './load.js'

const template = (name: string) => `bundle:
  name: ${name}

variables:
  experiment:
    description: The experiment that runs are logged to
    default: /${name}

targets:
  dev:
    mode: development
    default: true
  prod:
    mode: production

resources:
  experiments:
    runs:
      name: \${var.experiment}
  registered_models:
    model:
      name: ${name}
      description: Deployed by the bundle ${name}
`

/** Writes a bundle to start from. @throws ALREADY_EXISTS for a folder that has one */
export async function initBundle(folder: string): Promise<string> {
  const file = join(folder, BUNDLE_FILE)
  if (existsSync(file)) throw new ApiError('ALREADY_EXISTS', `${file} exists already.`)
  const name = basename(resolve(folder)).replaceAll(/[^\w.-]/g, '-')
  await mkdir(folder, { recursive: true })
  await writeFile(file, template(name), { flag: 'wx' })
  return file
}
