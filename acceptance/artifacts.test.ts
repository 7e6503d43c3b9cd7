import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { isExhaustive } from './harness/effort.js'
import { freshFolder } from './harness/folder.js'
import { freePort } from './harness/free-port.js'
import { python, runPython } from './harness/python.js'
import { root } from './harness/root.js'
import { freshS3, s3 } from './harness/s3.js'
import { MLFLOW_ONLY, startServer } from './harness/server.js'

const SCRIPT = join(root, 'acceptance/clients/mlflow_artifacts.py')
const PROXIED_FACTS = 26
const DIRECT_FACTS = 22

interface Settings {
  readonly args: readonly string[]
  readonly env?: Record<string, string>
}

const roots = (root: string, destination: string) => [
  '--default-artifact-root',
  root,
  '--artifacts-destination',
  destination,
]

/** mlflow writes to S3 only where boto3 is installed. */
const hasBoto = python !== undefined && spawnSync(python, ['-c', 'import boto3']).status === 0

/**
 * Artifact locations of new experiments: proxied through the server, or written directly by the clients. Without
 * `--exhaustive`, each kind is tested on S3 if it is available, else on disk.
 */
const PLACES: readonly [string, boolean, boolean, () => Promise<Settings>][] = [
  ['the proxy, on disk', false, isExhaustive || !s3, async () => ({ args: roots('', await freshFolder()) })],
  [
    'the proxy, configured by its http URL',
    false,
    isExhaustive,
    async () => {
      const port = await freePort()
      const root = `http://127.0.0.1:${port}/api/2.0/mlflow-artifacts/artifacts`
      return { args: ['--port', String(port), ...roots(root, await freshFolder())] }
    },
  ],
  [
    'the proxy, on S3',
    false,
    Boolean(s3),
    async () => {
      const { uri, env } = freshS3()
      return { args: roots('', uri), env }
    },
  ],
  [
    'a folder',
    true,
    isExhaustive || !s3 || !hasBoto,
    async () => ({ args: roots(pathToFileURL(await freshFolder()).href, '') }),
  ],
  [
    'S3 directly',
    true,
    Boolean(s3) && hasBoto,
    async () => {
      const { uri, env } = freshS3()
      return { args: roots(uri, ''), env }
    },
  ],
]

for (const [place, direct, there, settings] of PLACES)
  test.skipIf(!python || !there)(
    `the official mlflow keeps files in ${place}`,
    { timeout: 300_000 },
    async () => {
      const { args, env = {} } = await settings()
      await using server = await startServer({ args: [...MLFLOW_ONLY, ...args], env })
      const said = await runPython(SCRIPT, {
        env: {
          CAIRN_URL: server.url,
          DIRECT: String(direct),
          ...(s3 && {
            MLFLOW_S3_ENDPOINT_URL: s3.endpoint,
            AWS_ACCESS_KEY_ID: s3.accessKey,
            AWS_SECRET_ACCESS_KEY: s3.secretKey,
            AWS_DEFAULT_REGION: 'us-east-1',
          }),
        },
      })
      expect(said.match(/^ok /gm)?.length).toBe(direct ? DIRECT_FACTS : PROXIED_FACTS)
    },
  )
