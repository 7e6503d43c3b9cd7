import { describe, expect, test } from 'vitest'
import { folderCycles, importsOf, violations } from './architecture.mjs'
import { sourceFile as file, sourceFiles } from './source-files.mjs'

test('every file of the repository imports only what its package and layer may', () => {
  const files = sourceFiles()
  expect(files.length).toBeGreaterThan(30) // an empty list would pass too
  expect(files.flatMap(violations)).toEqual([])
})

test('no folders of a package import each other in a cycle', () => {
  expect(folderCycles(sourceFiles())).toEqual([])
})

describe('cycles between folders', () => {
  const runs = file('tracking-server', 'src/runs/data.ts', "import { x } from '../metrics/read.js'")
  const metrics = file('tracking-server', 'src/metrics/write.ts', "import { y } from '../models/y.js'")

  test('a direct cycle is reported at each import', () => {
    const back = file('tracking-server', 'src/metrics/batch.ts', "import type { X } from '../runs/points.js'")
    expect(folderCycles([runs, back])).toEqual([
      'tracking-server/src/runs/data.ts closes a cycle with ../metrics/read.js: metrics depends on runs',
      'tracking-server/src/metrics/batch.ts closes a cycle with ../runs/points.js: runs depends on metrics',
    ])
  })

  test('a cycle through a third folder is reported', () => {
    const back = file('tracking-server', 'src/models/a/y.ts', "import { x } from '../../runs/points.js'")
    expect(folderCycles([runs, metrics, back])).toHaveLength(3)
  })

  test('one direction, tests, files outside of folders and other packages are allowed', () => {
    const others = [
      file('tracking-server', 'src/metrics/batch.test.ts', "import { x } from '../runs/points.js'"),
      file('tracking-server', 'src/plugin.ts', "import { x } from './runs/routes.js'"),
      file('tracking-server', 'src/models/y.ts', "import { x } from '../plugin.js'"),
      file('catalog', 'src/metrics/a.ts', "import { x } from '../runs/b.js'"),
    ]
    expect(folderCycles([runs, metrics, ...others])).toEqual([])
  })
})

/** Returns the violations in a file with this text at this path. */
const planted = (unit: string, inside: string, text: string) => violations(file(unit, inside, text))

describe('violations are reported', () => {
  test.each([
    [
      'a service that imports another',
      'serving',
      'src/plugin.ts',
      "import { x } from '@cairn/registry/store'",
    ],
    [
      'the platform importing a service',
      'platform',
      'src/db/db.ts',
      "import { x } from '@cairn/catalog/plugin'",
    ],
    ['a dynamic import', 'registry', 'src/plugin.ts', "const x = await import('@cairn/serving/plugin')"],
    ['a re-export', 'registry', 'src/plugin.ts', "export { x } from '@cairn/serving/plugin'"],
    [
      'an import over several lines',
      'registry',
      'src/a.ts',
      "import {\n  a,\n  b,\n} from '@cairn/sdk/client'",
    ],
    ['a test', 'registry', 'src/a.test.ts', "import { x } from '@cairn/catalog/plugin'"],
    [
      'a relative path out of the package',
      'serving',
      'src/a.ts',
      "import { x } from '../../platform/src/errors.js'",
    ],
    [
      'a value from the protocol in the sdk',
      'sdk',
      'src/a.ts',
      "import { x } from '@cairn/platform/protocol/runs'",
    ],
    [
      'the platform beyond the protocol in the sdk',
      'sdk',
      'src/a.ts',
      "import type { X } from '@cairn/platform/db/db'",
    ],
    ['the database reaching for HTTP', 'platform', 'src/db/db.ts', "import { x } from '../http/app.js'"],
    [
      'the protocol reaching for the database',
      'platform',
      'src/protocol/a.ts',
      "import { x } from '@cairn/platform/db/db'",
    ],
    [
      "MLflow's protocol reaching for Cairn's",
      'platform',
      'src/protocol/mlflow/a.ts',
      "import { x } from '../cairn/b.js'",
    ],
    [
      "Unity Catalog's protocol reaching for Databricks'",
      'platform',
      'src/protocol/unity/a.ts',
      "import { x } from '@cairn/platform/protocol/databricks/b'",
    ],
    [
      'the shared words reaching for a protocol',
      'platform',
      'src/protocol/wire.ts',
      "import { x } from './mlflow/runs.js'",
    ],
    ['a platform folder without a layer', 'platform', 'src/misc/a.ts', "import { x } from '../errors.js'"],
    ['SQL in routes', 'registry', 'src/models/routes.ts', "import { sql } from 'kysely'"],
    ['HTTP in a store', 'registry', 'src/models/store.ts', "import type { FastifyRequest } from 'fastify'"],
    ['a dialect compared by name', 'catalog', 'src/store.ts', "if (db.dialect.name === 'sqlite') return"],
    ['an environment variable read outside of main', 'catalog', 'src/store.ts', 'const x = process.env.HOME'],
    ['a vague folder', 'catalog', 'src/utils/strings.ts', ''],
    ['acceptance importing us', 'acceptance', 'a.test.ts', "import { x } from '@cairn/sdk/client'"],
  ])('%s', (_, unit, inside, text) => {
    expect(planted(unit, inside, text)).toHaveLength(1)
  })
})

describe('allowed imports are not reported', () => {
  test.each([
    [
      'types of the protocol in the sdk',
      'sdk',
      'src/a.ts',
      "import type { Run } from '@cairn/platform/protocol/runs'",
    ],
    [
      "Cairn's protocol with types of another",
      'platform',
      'src/protocol/cairn/a.ts',
      "import { x } from '../databricks/b.js'",
    ],
    ['a lower layer', 'platform', 'src/http/app.ts', "import { ApiError } from '../errors.js'"],
    [
      'a platform test using the testing layer',
      'platform',
      'src/db/a.test.ts',
      "import { x } from '../testing/db.js'",
    ],
    ['the dialect itself', 'platform', 'src/db/sqlite.ts', "dialect.name === 'sqlite'"],
    ['main reading the environment', 'catalog', 'src/main.ts', 'loadConfig(process.env)'],
    ['a comment about an import', 'catalog', 'src/a.ts', "// import { x } from '@cairn/serving/plugin'"],
    ['the command line importing services', 'cli', 'src/up.ts', "await import('@cairn/serving/plugin')"],
  ])('%s', (_, unit, inside, text) => {
    expect(planted(unit, inside, text)).toEqual([])
  })
})

test('imports are found in every form they are written in', () => {
  const text = `
    import a from 'a'
    import type { B } from 'b'
    import * as c from "c"
    import 'd'
    export { e } from 'e'
    export * from 'f'
    const g = await import('g')
    const sentence = "import('not this')"
  `
  expect(
    importsOf(text)
      .map(({ specifier }) => specifier)
      .sort(),
  ).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
  expect(importsOf(text).find(({ specifier }) => specifier === 'b')?.typeOnly).toBe(true)
})
