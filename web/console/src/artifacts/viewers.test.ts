import { expect, test } from 'vitest'
import { prettyJson } from '../run/pretty-json.js'
import { drawMap } from './geo.js'
import { fromLines, toTable } from './json-table.js'
import { parseModel } from './mlmodel.js'
import { parseNotebook } from './notebook.js'
import { parseCsv } from './parse-csv.js'
import { parseRequirements } from './requirements.js'
import { resolvePath } from './resolve-path.js'
import { steppedImages } from './stepped-images.js'
import { arrangedRows, tableToCsv } from './table-rows.js'
import { matchingLines, matchParts, withoutAnsi } from './text-lines.js'
import { viewerKind } from './viewer-kind.js'

test('chooses the viewer by file name', () => {
  const kinds = {
    'a/b.json': 'json',
    'plot.PNG': 'image',
    'model/MLmodel': 'mlmodel',
    'page.html': 'html',
    'factors.parquet': 'parquet',
    '.hidden': 'unknown',
    'requirements-dev.txt': 'requirements',
    'images/a+step+3+timestamp+17+ab.png': 'steps',
    Dockerfile: 'text',
    'model.onnx': 'unknown',
  }
  expect(Object.fromEntries(Object.keys(kinds).map((path) => [path, viewerKind(path)]))).toEqual(kinds)
})

test('indents JSON without changing its value and wraps lists of scalars', () => {
  const value = {
    users: Array.from({ length: 60 }, (_, i) => i),
    empty: [],
    none: {},
    deep: [{ a: [1, 'x'] }],
  }
  const text = prettyJson(JSON.stringify(value))
  expect(JSON.parse(text)).toEqual(value)
  expect(text).toContain('"a": [1, "x"]')
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(96)
})

test('returns text that is not JSON unchanged', () => {
  expect(prettyJson('{broken')).toBe('{broken')
})

test('reads tables of log_table, of records and of lines', () => {
  expect(toTable({ columns: ['a', 1], data: [[1, null]] })).toEqual({
    columns: ['a', '1'],
    rows: [[1, null]],
  })
  expect(toTable([{ a: 1 }, { b: 2 }])).toEqual({
    columns: ['a', 'b'],
    rows: [
      [1, undefined],
      [undefined, 2],
    ],
  })
  for (const other of [null, 1, [], [1], {}, { columns: ['a'], data: [1] }])
    expect(toTable(other)).toBeUndefined()
  expect(fromLines('{"a":1}\n\n[1]\n{"a":2}\n{"a":').rows).toEqual([[1], [2]])
})

test('parses CSV with quotes, and leaves out the incomplete last row of a part', () => {
  const text = 'id,name\n1,"a, b"\n007,"x\ny"\n3,cut of'
  expect(parseCsv(text, '', true)).toEqual({
    columns: ['id', 'name'],
    rows: [
      [1, 'a, b'],
      ['007', 'x\ny'],
    ],
  })
  expect(parseCsv('a\tb\n1\t2', '\t', false).rows).toEqual([[1, 2]])
  expect(parseCsv('', '', false)).toEqual({ columns: [], rows: [] })
})

test('sorts numbers before text and empty cells last, and finds rows', () => {
  const data = { columns: ['a'], rows: [['x10'], [null], [10], ['x2'], [9]] }
  const sorted = (descending: boolean) => arrangedRows(data, '', { column: 0, descending }).flat()
  expect(sorted(false)).toEqual([9, 10, 'x2', 'x10', null])
  expect(sorted(true)).toEqual([10, 9, 'x10', 'x2', null])
  expect(arrangedRows(data, 'X1', undefined)).toEqual([['x10']])
})

test('saves CSV that no spreadsheet runs', () => {
  const rows = [
    ['=1+1', -5, '@x', '-cmd'],
    ['a"b', 'c\nd', '\t=1', null],
  ]
  expect(tableToCsv({ columns: ['+a', 'b', 'c', 'd'], rows })).toBe(
    `'+a,b,c,d\r\n'=1+1,-5,'@x,'-cmd\r\n"a""b","c\nd",'\t=1,\r\n`,
  )
})

test('groups the images of log_image by key and step, as all versions of MLflow name them', () => {
  const images = steppedImages([
    'images/a#b+step+10+timestamp+5+u2.png',
    'images/a#b+step+2+timestamp+5+u1+compressed.webp',
    'images/a#b+step+2+timestamp+5+u1.png',
    'images/old%step%0%timestamp%1%u.png',
    'images/other.png',
  ])
  expect([...images.keys()]).toEqual(['a/b', 'old'])
  expect(images.get('a/b')).toMatchObject([
    { step: 2, path: 'images/a#b+step+2+timestamp+5+u1.png' },
    { step: 10 },
  ])
})

test('reads cells and outputs of a notebook, and never its scripts as anything but text', () => {
  const cells = parseNotebook(
    JSON.stringify({
      cells: [
        { cell_type: 'markdown', source: ['# A\n', 'b'] },
        {
          cell_type: 'code',
          execution_count: 3,
          source: 'x',
          outputs: [
            { output_type: 'stream', text: ['\u001b[31mred\u001b[0m'] },
            { output_type: 'display_data', data: { 'image/png': 'AA\nBB' } },
            { output_type: 'display_data', data: { 'application/javascript': 'alert(1)' } },
            { output_type: 'error', ename: 'E', evalue: 'v', traceback: [] },
          ],
        },
      ],
    }),
  )
  expect(cells).toEqual([
    { kind: 'markdown', source: '# A\nb', count: undefined, outputs: [] },
    {
      ...{ kind: 'code', source: 'x', count: 3 },
      outputs: [
        { kind: 'text', text: 'red' },
        { kind: 'image', url: 'data:image/png;base64,AABB' },
        { kind: 'error', text: 'E: v' },
      ],
    },
  ])
  for (const text of ['{}', '[]', 'x', '{"cells":1}']) expect(() => parseNotebook(text)).toThrow(SyntaxError)
})

test('draws GeoJSON within its rectangle, north at the top', () => {
  const at = (...coordinates: number[]) => ({
    type: 'Feature',
    properties: null,
    geometry: { type: 'Point', coordinates },
  })
  const { shapes, total } = drawMap(
    JSON.stringify({ type: 'FeatureCollection', features: [at(0, 0), at(10, 10)] }),
    100,
    100,
  )
  expect(total).toBe(2)
  const [south, north] = shapes.map(({ d }) => Number(/^M[\d.]+,([\d.]+)/.exec(d)![1]))
  expect([south, north]).toEqual([88, 12])
  for (const text of ['1', '{}', '{"type":"FeatureCollection"}'])
    expect(() => drawMap(text, 10, 10)).toThrow()
})

test('reads signatures and flavors of an MLmodel', () => {
  const model = parseModel(`flavors:
  onnx: {data: model.onnx}
model_uuid: m-1
signature:
  inputs: '[{"type": "long", "name": "user", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 2]}}]'
`)
  expect(model).toMatchObject({
    flavors: [{ name: 'onnx', settings: [['data', 'model.onnx']] }],
    inputs: [{ name: 'user', type: 'long', required: false }],
    outputs: [{ name: '', type: 'float32 [-1, 2]', required: true }],
    facts: [['model_uuid', 'm-1']],
  })
  for (const text of ['a: b', '[1]', '"x"']) expect(() => parseModel(text)).toThrow()
})

test('reads requirements with extras, ranges and conditions', () => {
  const text = '# a\nmlflow==3.1\nfoo[x]>=1,<2 ; python_version < "3.13"  # why\n-r other.txt\nbar\n'
  expect(parseRequirements(text)).toEqual([
    { name: 'mlflow', versions: '==3.1', condition: '' },
    { name: 'foo[x]', versions: '>=1,<2', condition: 'python_version < "3.13"' },
    { name: '-r other.txt', versions: '', condition: '' },
    { name: 'bar', versions: '', condition: '' },
  ])
})

test('finds text in lines, and leaves out colours of terminals', () => {
  expect(withoutAnsi('\u001b[1;31mred\u001b[0m')).toBe('red')
  expect(matchingLines(['Loss', 'x', 'loss loss'], 'LOSS')).toEqual([0, 2])
  expect(matchParts('a loss Loss', 'loss')).toEqual(['a ', 'loss', ' ', 'Loss', ''])
  expect(matchParts('İ loss', 'loss').join('')).toBe('İ loss')
})

test('resolves paths beside a file, but not out of the artifacts', () => {
  expect(resolvePath('a/b.md', 'c/d.png')).toBe('a/c/d.png')
  expect(resolvePath('a/b.md', '../../../x?y#z')).toBe('x')
})
