import { expect, test } from 'vitest'
import { fileNameOf } from './save-file.js'

test('names a file by a title', () => {
  expect(fileNameOf('Loss / 손실: v1.2', 'chart', 'png')).toBe('Loss_손실_v1.2.png')
  expect(fileNameOf('', 'report', 'html')).toBe('report.html')
  expect(fileNameOf('a'.repeat(200), 'chart', 'csv')).toHaveLength(84)
})
