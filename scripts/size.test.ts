import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { BUDGETS, overBudget, sizes, table, tooLong } from './size.mjs'
import { sourceFile as file } from './source-files.mjs'

const lines = (count: number) => 'x\n'.repeat(count)

test('no file of the repository is too long', () => {
  const measured = sizes()
  expect(measured.length).toBeGreaterThan(30)
  expect(tooLong(measured)).toEqual([])
  expect(overBudget(measured)).toEqual([])
})

test('platform and each protocol have separate budgets, without tests', () => {
  const [platform, shared, mlflow] = BUDGETS.map(({ lines }) => lines)
  const measured = sizes([
    file('platform', 'src/http/app.ts', lines(platform!)),
    file('platform', 'src/protocol/wire.ts', lines(shared!)),
    file('platform', 'src/protocol/mlflow/runs.ts', lines(mlflow!)),
    file('platform', 'src/http/app.test.ts', lines(250)),
    file('platform', 'src/testing/app.ts', lines(250)),
    file('catalog', 'src/plugin.ts', lines(250)),
  ])
  expect(overBudget(measured)).toEqual([])
  const more = ['src/db/more.ts', 'src/protocol/more.ts', 'src/protocol/mlflow/more.ts'].map((path) =>
    file('platform', path, 'x\n'),
  )
  expect(overBudget([...measured, ...sizes(more)])).toEqual([
    `platform has ${platform! + 1} lines of its budget of ${platform}: move code to the package that uses it`,
    `platform/src/protocol has ${shared! + 1} lines of its budget of ${shared}: move code to the package that uses it`,
    `platform/src/protocol/mlflow has ${mlflow! + 1} lines of its budget of ${mlflow}: move code to the package that uses it`,
  ])
})

test('a file over the limit is reported with its length', () => {
  const measured = sizes([
    file('catalog', 'src/long.ts', lines(401)),
    file('catalog', 'src/fits.ts', lines(400)),
    file('catalog', 'src/long.test.ts', lines(601)),
    file('catalog', 'src/fits.test.ts', lines(600)),
  ])
  expect(tooLong(measured)).toEqual([
    'catalog/src/long.test.ts has 601 lines; the limit is 600: split it',
    'catalog/src/long.ts has 401 lines; the limit is 400: split it',
  ])
})

test('the table shows files, lines, median, 90th percentile and maximum of a package', () => {
  const files = Array.from({ length: 11 }, (_, index) =>
    file('sdk', `src/${index}.ts`, lines(10 * (index + 1))),
  )
  const row = table(sizes(files)).split('\n')[1]
  expect(row?.split(/\s+/)).toEqual(['sdk', '11', '660', '60', '100', '110', '0', '0'])
})

test('the root has at most twelve scripts', () => {
  const { scripts } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  expect(Object.keys(scripts).length).toBeLessThanOrEqual(12)
})
