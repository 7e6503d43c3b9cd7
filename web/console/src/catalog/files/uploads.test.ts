import { expect, test } from 'vitest'
import { changed, isFinished, isUnfinished, newUploads, shareOf } from './uploads.js'

const file = (name: string, bytes = 4) => new File([new Uint8Array(bytes)], name)

test('asks about files whose name is taken or was chosen twice', () => {
  const uploads = newUploads([file('a'), file('b'), file('b')], '/Volumes/m/s/v/x', new Set(['a']), 7)
  expect(uploads.map(({ id, path, state }) => [id, path, state])).toEqual([
    [7, '/Volumes/m/s/v/x/a', 'exists'],
    [8, '/Volumes/m/s/v/x/b', 'waiting'],
    [9, '/Volumes/m/s/v/x/b', 'exists'],
  ])
})

test('changes one upload, and tells its share and whether it is unfinished', () => {
  const uploads = changed(newUploads([file('a'), file('empty', 0)], '/v', new Set(), 1), 1, {
    state: 'sending',
    bytes: 1,
  })
  expect(uploads.map(shareOf)).toEqual([0.25, 0])
  expect(uploads.map(isUnfinished)).toEqual([true, true])
  const [sent] = changed(uploads, 1, { state: 'sent' })
  expect([shareOf(sent!), isUnfinished(sent!)]).toEqual([1, false])
})

test('an upload that waits for an answer is not finished, and cannot be cleared', () => {
  const [conflict] = newUploads([file('a')], '/v', new Set(['a']), 1)
  const states = (['sent', 'canceled', 'failed', 'waiting', 'sending', 'exists'] as const).filter((state) =>
    isFinished({ ...conflict!, state }),
  )
  expect(states).toEqual(['sent', 'canceled', 'failed'])
})
