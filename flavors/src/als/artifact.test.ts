import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ApiError } from '@cairn/platform/errors'
import { tableFromIPC } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { idColumn, listColumn, numberColumn, vectorColumn, writeArrowFile } from '../arrow/arrow-file.js'
import type { ModelFiles } from '../mlmodel/model-folder.js'
import { anAlsModel } from '../testing/als-model.js'
import { folderSaver } from '../testing/folder-saver.js'
import type { AlsModel } from './model.js'
import { readAls } from './read.js'
import { alsFiles } from './write.js'

const save = folderSaver()

describe('an ALS model round-trips', () => {
  test.each([
    ['with integer ids', anAlsModel()],
    ['with text ids', anAlsModel({ textIds: true })],
    ['with ids beyond 32 bits', { ...anAlsModel({ users: 2 }), userIds: [2 ** 40, -(2 ** 52)] }],
    ['without users', { ...anAlsModel({ users: 0 }) }],
    ['without a seen list', (({ seen: _, ...model }) => model)(anAlsModel())],
  ] as [string, AlsModel][])('%s', async (_, model) => {
    expect(await readAls(await save(alsFiles(model)))).toEqual(model)
  })

  test('with any shape', async () => {
    const shape = fc.record({
      users: fc.nat(20),
      items: fc.integer({ min: 1, max: 30 }),
      dimensions: fc.integer({ min: 1, max: 17 }),
      events: fc.nat(6),
      seed: fc.nat(1e6),
    })
    await fc.assert(
      fc.asyncProperty(shape, async (shape) => {
        const model = anAlsModel(shape)
        expect(await readAls(await save(alsFiles(model)))).toEqual(model)
      }),
      { numRuns: 25 },
    )
  })
})

test('stores factors as Arrow: ids and fixed-size lists of float32', () => {
  const model = anAlsModel({ items: 3, dimensions: 2 })
  const table = tableFromIPC(alsFiles(model)['item_factors.arrow'] as Uint8Array)
  expect(table.schema.fields.map((field) => `${field.name}: ${field.type}`)).toEqual([
    'item_id: Int32',
    'factor: FixedSizeList[2]<Float32>',
  ])
  expect([...table.getChild('factor')!.get(1)]).toEqual([...model.itemFactors.subarray(2, 4)])
})

test.each([
  [
    'repeated item ids',
    (m: AlsModel) => ({ ...m, items: { ...m.items, ids: m.items.ids.map(() => 1) } }),
    /repeat/,
  ],
  ['factors of another width', (m: AlsModel) => ({ ...m, dimensions: 5 }), /item factors/],
  ['parameters that are missing', (m: AlsModel) => ({ ...m, parameters: {} }), /parameters.regularization/],
])('refuses to write %s', (_, change, message) => {
  expect(() => alsFiles(change(anAlsModel()) as AlsModel)).toThrow(message)
})

describe('rejects a hostile folder with the file and the reason', () => {
  const model = anAlsModel({ items: 12, users: 5, dimensions: 4 })
  const good = alsFiles(model)
  const manifest = JSON.parse(String(good['als.json'])) as Record<string, unknown>
  const json = (changes: object) => ({ 'als.json': JSON.stringify({ ...manifest, ...changes }) })
  const arrow = (name: string, length: number, columns: Parameters<typeof writeArrowFile>[1]) => ({
    [name]: writeArrowFile(length, columns),
  })
  const itemIds = idColumn(model.items.ids)
  const userIds = idColumn(model.userIds)
  const userFactor = vectorColumn(model.userFactors, 4)
  const nan = Float32Array.from(model.itemFactors)
  nan[7] = Number.NaN

  test.each<[string, ModelFiles, RegExp]>([
    ['als.json is not JSON', { 'als.json': '{' }, /als\.json: not readable/],
    ['als.json is too large', { 'als.json': `"${'x'.repeat(2 << 20)}"` }, /als\.json has \d+ bytes/],
    ['another format', json({ format: 'pickle' }), /als\.json: format/],
    ['a newer format', json({ format_version: 2 }), /format_version 2/],
    ['no dimensions', json({ dimensions: null }), /dimensions/],
    ['a million dimensions', json({ dimensions: 1e6 }), /item_factors\.arrow: factor must be/],
    ['other dimensions', json({ dimensions: 8 }), /factor must be fixed-size lists of 8 float32/],
    [
      'a negative penalty',
      json({ parameters: { ...model.parameters, regularization: -1 } }),
      /regularization/,
    ],
    ['text for arrow', { 'items.arrow': 'hello' }, /items\.arrow: not readable/],
    ['an empty file', { 'user_factors.arrow': '' }, /user_factors\.arrow: not readable/],
    [
      'values that are not finite',
      arrow('item_factors.arrow', 12, { item_id: itemIds, factor: vectorColumn(nan, 4) }),
      /not finite/,
    ],
    [
      'doubles for factors',
      arrow('item_factors.arrow', 12, { item_id: itemIds, factor: numberColumn(new Float64Array(12)) }),
      /factor must be/,
    ],
    ['no factors', arrow('item_factors.arrow', 12, { item_id: itemIds }), /no column factor/],
    [
      'items in another order',
      arrow('item_factors.arrow', 12, {
        item_id: idColumn([...model.items.ids].reverse()),
        factor: vectorColumn(model.itemFactors, 4),
      }),
      /item_id differs/,
    ],
    [
      'numbers for ids',
      arrow('user_factors.arrow', 5, { user_id: numberColumn(new Float64Array(5)), factor: userFactor }),
      /user_id must be/,
    ],
    [
      'repeated users',
      arrow('user_factors.arrow', 5, { user_id: idColumn([1, 1, 2, 3, 4]), factor: userFactor }),
      /repeat/,
    ],
    [
      'seen items that do not exist',
      arrow('user_factors.arrow', 5, {
        user_id: userIds,
        factor: userFactor,
        seen: listColumn(Int32Array.of(0, 1, 1, 1, 1, 1), Int32Array.of(12)),
      }),
      /names item 12 of 12/,
    ],
    [
      'offsets that run backwards',
      arrow('user_factors.arrow', 5, {
        user_id: userIds,
        factor: userFactor,
        seen: listColumn(Int32Array.of(0, 2, 1, 2, 2, 2), Int32Array.of(1, 2)),
      }),
      /invalid offsets/,
    ],
  ])('%s', async (_, changes, message) => {
    const reading = readAls(await save({ ...good, ...changes }))
    await expect(reading).rejects.toThrow(message)
    await expect(reading).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' })
  })

  test('a missing file', async () => {
    const { 'items.arrow': _, ...rest } = good
    await expect(readAls(await save(rest))).rejects.toThrow('The model has no items.arrow')
  })

  test('rejects corrupt or truncated bytes, or reads them', async () => {
    const folder = await save(good)
    const damage = fc.record({
      name: fc.constantFrom('item_factors.arrow', 'user_factors.arrow', 'items.arrow'),
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      byte: fc.nat(255),
      cut: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(damage, async ({ name, at, byte, cut }) => {
        const bytes = Uint8Array.from(good[name] as Uint8Array)
        const position = Math.floor(at * bytes.length)
        bytes[position] = byte
        await writeFile(join(folder, name), cut ? bytes.subarray(0, position) : bytes)
        const outcome = await readAls(folder).catch((error: unknown) => error)
        await writeFile(join(folder, name), good[name] as Uint8Array)
        expect(
          outcome instanceof ApiError || typeof (outcome as AlsModel).dimensions === 'number',
          String(outcome),
        ).toBe(true)
      }),
      { numRuns: 400 },
    )
  })
})
