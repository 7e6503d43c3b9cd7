import { expect, test } from 'vitest'
import { parsedCsv, tableNameOf } from './csv-columns.js'

const typesOf = (text: string) => parsedCsv(text)!.columns.map(({ type_name }) => type_name)

test('columns have the narrowest type that fits all values; empty values fit each', () => {
  const csv =
    'id;zip;score;day;at;liked;note\n1;007;1;2024-02-29;2024-02-29T10:00:00Z;true;"a;b"\n-2;10;1e-3;;2024-03-01 09:30;FALSE;\n'
  expect(typesOf(csv)).toEqual(['LONG', 'STRING', 'DOUBLE', 'DATE', 'TIMESTAMP', 'BOOLEAN', 'STRING'])
  expect(parsedCsv(csv)).toMatchObject({ delimiter: ';', rows: 2 })
  expect(typesOf('a,b\n,1\n,x\n')).toEqual(['STRING', 'STRING'])
  expect(typesOf('a,b\n2024-02-30,2024-02-30 10:00\n')).toEqual(['STRING', 'STRING'])
  expect(typesOf('a,b\n2024-02-29 24:00,2024-02-29 10:00Z\n')).toEqual(['STRING', 'STRING'])
})

test('integers keep all their digits', () => {
  expect(typesOf('a,b\n9223372036854775807,-9223372036854775808\n')).toEqual(['LONG', 'LONG'])
  expect(typesOf('a,b\n9223372036854775808,1.5\n1,9007199254740993\n')).toEqual(['STRING', 'STRING'])
  expect(typesOf('a\n1.5\n9007199254740991\n')).toEqual(['DOUBLE'])
})

test('names of columns are not empty and differ', () => {
  expect(parsedCsv('a,,A,제목\n1,2,3,4\n')!.columns.map(({ name }) => name)).toEqual([
    'a',
    'column_2',
    'A_2',
    '제목',
  ])
})

test('a file without rows has no columns', () => {
  expect(parsedCsv('')).toBeUndefined()
  expect(parsedCsv('a,b\n')).toBeUndefined()
})

test('a table is named after its file', () => {
  expect(tableNameOf('Films 2024 (1).csv')).toBe('films_2024_1')
  expect(tableNameOf('영화 목록.tsv')).toBe('영화_목록')
})
