import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const path = (name: string) => fileURLToPath(new URL(`${name}.ts`, import.meta.url))

test.each(['http', 'tracking', 'registry', 'serving', 'catalog', 'run/log-buffer', 'run', 'tensorflow'])(
  '%s bundles for browsers without Node code',
  async (name) => {
    // Node modules do not resolve on this platform, so importing one fails the build.
    const result = await build({
      entryPoints: [path(name)],
      bundle: true,
      write: false,
      platform: 'browser',
      format: 'esm',
      conditions: ['source'],
    })
    expect(result.outputFiles[0]!.text).not.toMatch(/\bprocess\.|\bBuffer\b/)
  },
)
