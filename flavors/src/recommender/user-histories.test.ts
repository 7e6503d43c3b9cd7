import { ApiError } from '@cairn/platform/errors'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { idColumn, listColumn, writeArrowFile } from '../arrow/arrow-file.js'
import { readUsers, type Users, UserTable, writeUsers } from './user-histories.js'

const someUsers = fc
  .array(fc.array(fc.nat(8), { maxLength: 6 }), { maxLength: 12 })
  .map((lists): Users & { lists: number[][] } => {
    const offsets = new Int32Array(lists.length + 1)
    for (const [user, list] of lists.entries()) offsets[user + 1] = offsets[user]! + list.length
    return {
      lists,
      ids: lists.map((_, user) => user * 3 + 5),
      histories: { offsets, items: Int32Array.from(lists.flat()) },
    }
  })

test('round-trips users with their items in order and with repeats', () => {
  fc.assert(
    fc.property(someUsers, ({ lists, ...users }) => {
      const read = readUsers(writeUsers(users), 9)
      expect(read).toEqual(users)
      const table = new UserTable(read.ids, read.histories)
      for (const [user, list] of lists.entries())
        expect([...table.historyOf(table.find(String(users.ids[user]))!)]).toEqual(list)
    }),
  )
})

test('rejects an invalid table of users with the reason', () => {
  const file = (ids: number[], offsets: number[], items: number[]) =>
    writeArrowFile(ids.length, {
      user_id: idColumn(ids),
      history: listColumn(Int32Array.from(offsets), Int32Array.from(items)),
    })
  expect(() => readUsers(file([1], [0, 1], [9]), 9)).toThrow(/users\.arrow: history names item 9 of 9/)
  expect(() => readUsers(file([1, 2], [0, 3, 1], [0, 1, 2]), 9)).toThrow(/invalid offsets/)
  expect(() => readUsers(Buffer.from('text'), 9)).toThrow(/users\.arrow: not readable/)
  expect(() => new UserTable([1, 1])).toThrow(/1 of 2 ids repeat/)
  const histories = { offsets: Int32Array.of(0, 0), items: new Int32Array(0) }
  expect(() => writeUsers({ ids: [1, 2], histories })).toThrow(ApiError)
})
