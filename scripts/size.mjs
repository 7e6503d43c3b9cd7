import { sourceFiles } from './source-files.mjs'
import { run } from './terminal.mjs'

export const LIMITS = { source: 400, test: 600 }

const PROTOCOL = /^src\/protocol\/(?:([^/]+)\/)?[^/]+$/

/** Returns the budget of what a protocol speaks; '' is what all of them share. */
const protocolBudget = (dialect, lines) => ({
  name: ['platform/src/protocol', dialect].filter(Boolean).join('/'),
  lines,
  includes: (inside) => PROTOCOL.test(inside) && (PROTOCOL.exec(inside)[1] ?? '') === dialect,
})

/** Limits of the lines of shared code, to which every package may add. */
export const BUDGETS = [
  { name: 'platform', lines: 19_000, includes: (inside) => !/^src\/(protocol|testing)\//.test(inside) },
  protocolBudget('', 1_300),
  protocolBudget('mlflow', 3_000),
  protocolBudget('unity', 1_200),
  protocolBudget('databricks', 3_000),
  protocolBudget('cairn', 3_700),
]

const TABLE = { package: 16, numbers: 9 }

/** @returns {{ path: string, unit: string, inside: string, test: boolean, lines: number }[]} the longest first */
export const sizes = (files = sourceFiles()) =>
  files
    .map(({ path, unit, inside, test, text }) => ({
      path,
      unit,
      inside,
      test,
      lines: text.split('\n').length - 1,
    }))
    .sort((a, b) => b.lines - a.lines)

/** @returns {string[]} a sentence for each file over its limit */
export const tooLong = (measured) =>
  measured
    .filter(({ test, lines }) => lines > (test ? LIMITS.test : LIMITS.source))
    .map(
      ({ path, test, lines }) =>
        `${path} has ${lines} lines; the limit is ${test ? LIMITS.test : LIMITS.source}: split it`,
    )

/** @returns {string[]} one sentence for each budget that is exceeded */
export const overBudget = (measured) =>
  BUDGETS.flatMap(({ name, lines: budget, includes }) => {
    const lines = measured
      .filter(({ unit, inside, test }) => unit === 'platform' && !test && includes(inside))
      .reduce((sum, file) => sum + file.lines, 0)
    return lines > budget
      ? [`${name} has ${lines} lines of its budget of ${budget}: move code to the package that uses it`]
      : []
  })

/** Formats a row per package: files, lines, the median, 90th percentile and maximum of its source files, and its tests. */
export function table(measured) {
  const units = [...new Set(measured.map(({ unit }) => unit))].sort()
  const rows = units.map((unit) => {
    const files = measured.filter((file) => file.unit === unit && !file.test)
    const tests = measured.filter((file) => file.unit === unit && file.test)
    const at = (share) => files.at(-Math.ceil(share * files.length))?.lines ?? 0
    const total = (list) => list.reduce((sum, { lines }) => sum + lines, 0)
    return [unit, files.length, total(files), at(0.5), at(0.9), at(1), tests.length, total(tests)]
  })
  const head = ['package', 'files', 'lines', 'median', 'p90', 'longest', 'tests', 'lines']
  return [head, ...rows]
    .map(([name, ...numbers]) =>
      [
        String(name).padEnd(TABLE.package),
        ...numbers.map((value) => String(value).padStart(TABLE.numbers)),
      ].join(''),
    )
    .join('\n')
}

if (import.meta.filename === process.argv[1])
  await run(() => {
    const measured = sizes()
    console.log(table(measured))
    const sentences = [...tooLong(measured), ...overBudget(measured)]
    for (const sentence of sentences) console.log(sentence)
    process.exitCode = sentences.length > 0 ? 1 : 0
  })
