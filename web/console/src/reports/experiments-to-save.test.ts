import { expect, test } from 'vitest'
import { experimentsToSave } from './experiments-to-save.js'

const SHARED = { experiment_ids: ['1', '2'], shared: true, may_manage: true }

test('a save is about the experiments of its blocks', () => {
  expect(experimentsToSave(SHARED, ['2', '3', '2'], true)).toEqual(['2', '3'])
  expect(experimentsToSave({ ...SHARED, shared: false }, [], true)).toEqual([])
})

test('a save drops no experiment while a block is invalid or its experiment is not found', () => {
  expect(experimentsToSave(SHARED, ['3'], false)).toEqual(['1', '2', '3'])
  expect(experimentsToSave(SHARED, ['1', undefined], true)).toEqual(['1', '2'])
})

test('a save leaves the experiments of a shared report without blocks, and of one that another owns', () => {
  expect(experimentsToSave(SHARED, [], true)).toBeUndefined()
  expect(experimentsToSave({ ...SHARED, may_manage: false }, ['3'], true)).toBeUndefined()
})
