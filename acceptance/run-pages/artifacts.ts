const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAGklEQVR4nGNkSPnPQApgIkn1qIZRDUNKAwDXKAGJTGgIxAAAAABJRU5ErkJggg=='

const text = (value: string) => Buffer.from(value)
const json = (value: unknown) => text(JSON.stringify(value))

/** 0.2 s of silence: mono, 8 kHz, 8 bit. */
function wav(): Buffer {
  const samples = Buffer.alloc(1600, 128)
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + samples.length, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(8000, 24)
  head.writeUInt32LE(8000, 28)
  head.writeUInt16LE(1, 32)
  head.writeUInt16LE(8, 34)
  head.write('data', 36)
  head.writeUInt32LE(samples.length, 40)
  return Buffer.concat([head, samples])
}

const MARKDOWN = `# Result

The model beats the **popularity** baseline on all users. See [the paper](https://example.com/paper), not [this](javascript:alert(1)).

| split | users | P@10 |
|---|--:|--:|
| test | 610 | 0.0861 |

- [x] leak check
- [ ] cold start

![plot](plot.png) ![spy](https://example.com/spy.png)

<img src=x onerror="document.title='owned'">
`

const NOTEBOOK = {
  nbformat: 4,
  metadata: { kernelspec: { language: 'python' } },
  cells: [
    { cell_type: 'markdown', metadata: {}, source: ['## Exploration\n', 'Ratings by *year*.'] },
    {
      cell_type: 'code',
      execution_count: 1,
      metadata: {},
      source: ["ratings.groupby('year').size()"],
      outputs: [
        { output_type: 'stream', name: 'stdout', text: ['\u001b[31mloaded\u001b[0m 100836 rows\n'] },
        {
          output_type: 'execute_result',
          execution_count: 1,
          data: {
            'text/html': ["<table><tr><td>2018</td></tr></table><script>top.document.title='owned'</script>"],
            'text/plain': ['2018  6418'],
          },
        },
        { output_type: 'display_data', data: { 'image/png': PIXEL, 'text/plain': '<Figure>' } },
        {
          output_type: 'error',
          ename: 'ValueError',
          evalue: 'no ratings',
          traceback: ['\u001b[0;31mValueError\u001b[0m: no ratings'],
        },
      ],
    },
  ],
}

const GEO = {
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      properties: { name: 'Seoul', users: 12 },
      geometry: { type: 'Point', coordinates: [126.98, 37.57] },
    },
    {
      type: 'Feature',
      properties: { name: 'Area' },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [124, 34],
            [130, 34],
            [130, 39],
            [124, 39],
            [124, 34],
          ],
        ],
      },
    },
  ],
}

const MLMODEL = `artifact_path: model
flavors:
  onnx:
    data: model.onnx
    onnx_version: 1.19.0
  python_function:
    loader_module: mlflow.onnx
    python_version: 3.11.2
mlflow_version: 3.11.1
model_size_bytes: 5120
model_uuid: 0123456789abcdef
signature:
  inputs: '[{"type": "double", "name": "a", "required": true}, {"type": "long", "name": "b", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 1]}}]'
  params: null
utc_time_created: '2026-11-01 10:00:00.000000'
`

const manyRows = () =>
  `userId,movieId,rating,title\n${Array.from({ length: 40_000 }, (_, i) => `${i + 1},${(i * 7) % 9000},${(i % 9) / 2 + 0.5},"Film, part ${i}"`).join('\n')}\n`

const STEPS = [0, 10, 20]

/** Artifacts of each kind that the console shows, by path. Several try to run a script in the page. */
export const ARTIFACTS: Readonly<Record<string, () => Buffer>> = {
  'report.md': () => text(MARKDOWN),
  'plot.png': () => Buffer.from(PIXEL, 'base64'),
  'answers.json': () =>
    json({
      columns: ['question', 'score', 'image'],
      data: [
        ['Which film?', 0.5, { type: 'image', filepath: 'plot.png', compressed_filepath: 'plot.png' }],
        ['Who directed?', 0.9, null],
        ['=HYPERLINK("http://evil")', 0.1, null],
      ],
    }),
  'config.json': () => json({ factors: 64, seeds: [1, 2, 3] }),
  'ratings.csv': () => text(manyRows()),
  'events.jsonl': () => text('{"step":1,"loss":0.9}\n{"step":2,"loss":0.5,"note":"ok"}\n'),
  'page.html': () =>
    text(
      '<!doctype html><h1>Report</h1><p id=out>no script</p><script>document.getElementById("out").textContent="script ran"; try { top.document.title = "owned" } catch { document.getElementById("out").textContent += ", origin closed" }</script>',
    ),
  'evil.svg': () =>
    text(
      '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><script>top.document.title="owned"</script><rect width="40" height="40" fill="teal"/></svg>',
    ),
  'paper.pdf': () =>
    text(
      '%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
    ),
  'explore.ipynb': () => json(NOTEBOOK),
  'sound.wav': wav,
  'places.geojson': () => json(GEO),
  'train.py': () => text(Array.from({ length: 400 }, (_, i) => `value_${i} = fit(${i})`).join('\n')),
  'model/MLmodel': () => text(MLMODEL),
  'model/requirements.txt': () =>
    text('# serving\nmlflow==3.11.1\nonnxruntime>=1.20,<2\nnumpy ; python_version < "3.13"\n'),
  'logs/train.log': () =>
    text(Array.from({ length: 3000 }, (_, i) => `epoch ${i} loss ${(1 / (i + 1)).toFixed(4)}`).join('\n')),
  ...Object.fromEntries(
    STEPS.map((step) => [
      `images/samples+step+${step}+timestamp+${1_700_000_000_000 + step}+0${step}abcdef.png`,
      () => Buffer.from(PIXEL, 'base64'),
    ]),
  ),
}
