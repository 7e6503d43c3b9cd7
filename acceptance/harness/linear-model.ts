import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { api, send } from './api.js'
import { root } from './root.js'

const FOLDER = join(root, 'flavors/src/onnx/golden/linear')
/** The sign bytes of the four weights. */
const SIGNS = [46, 50, 54, 58]

/**
 * Registers the linear ONNX model, or its negative, as the next version of an existing registered model.
 * @param path of its files on the server; with the same path they are overwritten
 * @returns its version
 */
export async function registerLinear(
  url: string,
  { name, path, sign = 1 }: { name: string; path: string; sign?: 1 | -1 },
): Promise<string> {
  const graph = await readFile(join(FOLDER, 'model.onnx'))
  if (sign < 0) for (const at of SIGNS) graph[at]! ^= 0x80
  const files = { MLmodel: await readFile(join(FOLDER, 'MLmodel')), 'model.onnx': graph }
  for (const [file, body] of Object.entries(files)) {
    const put = await send(url, 'PUT', `/api/2.0/mlflow-artifacts/artifacts/${path}/${file}`, { body })
    if (put.status !== 200) throw new Error(`${file}: ${put.status} ${put.text}`)
  }
  const { model_version } = await api(url).post<{ model_version: { version: string } }>(
    '/api/2.0/mlflow/model-versions/create',
    { name, source: `mlflow-artifacts:/${path}` },
  )
  return model_version.version
}
